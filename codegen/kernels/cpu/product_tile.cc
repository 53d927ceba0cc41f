#include "codegen/kernels/cpu/product_tile.h"

#include <algorithm>

#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"

namespace kiln::codegen::cpu {

// Per step of the contraction a tile loads its vectors of the right operand and broadcasts its rows
// of the left; few accumulators do not hide the latency of an FMA.
double efficiency(int64_t rows, int64_t vectors) {
  const auto sums = static_cast<double>(rows * vectors);
  return std::min(1.0, sums / kAccumulatorsInFlight) * sums /
         (sums + kLoadCost * static_cast<double>(rows + vectors));
}

double covered_share(const ProductTile& tile, int64_t rows, int64_t columns) {
  const auto share = [](int64_t extent, int64_t part) {
    const double covered =
        static_cast<double>(extent) / static_cast<double>(tiles_over(extent, part) * part);
    return covered < 1 ? covered * kRaggedTiles : covered;
  };
  return share(rows, tile.rows) * share(columns, tile.columns());
}

bool has_slow_epilogue(const ir::Region& region, const ir::Op& product) {
  int64_t divisions = 0;
  for (const auto& op : region.ops()) {
    const bool slow = op->definition().facts.cost == ir::ElementCost::division;
    if (slow && op->result()->type().shape == product.result()->type().shape) ++divisions;
  }
  return divisions * kMultiplyAddsPerDivision * product.result()->type().count() * 2 >=
         multiply_adds(product);
}

namespace {

ProductTile choose_dot_tile(const ir::Op& dot, const Target& target, bool slow_epilogue) {
  const ir::Type& type = dot.result()->type();
  const int64_t columns = type.shape[type.shape.size() - 1];
  const int64_t rows = type.shape[type.shape.size() - 2];
  const int64_t lanes = target.lanes(static_cast<int>(ir::size_of(type.element)));
  const int64_t most = slow_epilogue ? accumulators_beside_division(target) : accumulators(target);
  ProductTile best, tile;
  double best_efficiency = 0;
  tile.lanes = std::min(lanes, columns);
  const int64_t most_vectors = std::min(tiles_over(columns, tile.lanes), kMostTileVectors);
  for (tile.vectors = 1; tile.vectors <= most_vectors; ++tile.vectors) {
    for (tile.rows = 1; tile.rows <= std::min(rows, kMostTileRows); ++tile.rows) {
      if (tile.rows * tile.vectors > most) continue;
      const double reached =
          efficiency(tile.rows, tile.vectors) * covered_share(tile, rows, columns);
      if (reached < best_efficiency) continue;
      best_efficiency = reached;
      best = tile;
    }
  }
  return best;
}

}  // namespace

ProductTiles choose_tiles(const ir::Region& region, ir::FusionKind kind, const Target& target) {
  ProductTiles tiles;
  const bool has_epilogue =
      kind == ir::FusionKind::contraction || kind == ir::FusionKind::convolution;
  for (const auto& op : region.ops()) {
    if (op->result()->type().count() == 0) continue;
    const bool slow = has_epilogue && has_slow_epilogue(region, *op);
    if (op->is("dot_general") && ir::has_rows_and_columns(*op))
      tiles[op->result()] = choose_dot_tile(*op, target, slow);
    if (op->is("convolution")) tiles[op->result()] = choose_convolution_tile(*op, target, slow);
  }
  return tiles;
}

TileLoops tile_consumer(Halide::Func consumer, const ir::Shape& shape, const ProductTile& tile) {
  using Tail = Halide::TailStrategy;
  const auto tail = [&](size_t d, int64_t part, Tail ragged) {
    return shape[shape.size() - 1 - d] % part == 0 ? Tail::RoundUp : ragged;
  };
  TileLoops loops;
  const std::vector<Halide::Var> args = consumer.args();
  const Halide::Var lane("tile_lane"), vector("tile_vector"), column("tile_column");
  const size_t split = tile.row_dimension;
  consumer
      .split(args[0], loops.columns, column, static_cast<int>(tile.columns()),
             tail(0, tile.columns(), Tail::Predicate))
      .split(column, vector, lane, static_cast<int>(tile.lanes), Tail::RoundUp)
      .unroll(vector)
      .split(args[split], loops.rows, loops.row, static_cast<int>(tile.rows),
             tail(split, tile.rows, Tail::GuardWithIf))
      .unroll(loops.row);
  if (tile.lanes > 1) consumer.vectorize(lane);
  loops.inner = {lane, vector};
  for (size_t d = 1; d < split; ++d) {
    consumer.unroll(args[d]);
    loops.inner.emplace_back(args[d]);
  }
  loops.inner.emplace_back(loops.row);
  return loops;
}

void unroll_tile(Halide::Func sums, const ir::Shape& shape, const ProductTile& tile,
                 const std::vector<Halide::RVar>& order) {
  const std::vector<Halide::Var> args = sums.args();
  const int64_t extents[] = {tile.lanes, tile.vectors, tile.rows};
  std::vector<Halide::VarOrRVar> loops;
  for (size_t i = 0; i < 3; ++i) {
    sums.bound(args[i], 0, static_cast<int>(extents[i]));
    loops.emplace_back(args[i]);
  }
  // Behind the five parameters of tiles are the result's other dimensions.
  for (size_t d = 1; d < tile.row_dimension; ++d) {
    sums.bound(args[4 + d], 0, static_cast<int>(shape[shape.size() - 1 - d]));
    loops.emplace_back(args[4 + d]);
  }
  std::vector<Halide::Stage> stages = {sums};
  if (sums.has_update_definition()) {
    std::vector<Halide::VarOrRVar> all = loops;
    all.insert(all.end(), order.begin(), order.end());
    stages.push_back(sums.update().reorder(all));
  }
  for (Halide::Stage& stage : stages) {
    if (tile.lanes > 1) stage.vectorize(loops[0]);
    for (size_t i = 1; i < loops.size(); ++i) stage.unroll(loops[i]);
  }
}

void compute_tile(Algorithm& algorithm, const ir::Op& product, const Halide::LoopLevel& level) {
  const ir::Shape& shape = product.result()->type().shape;
  const ProductTile& tile = algorithm.tiles.at(product.result());
  Halide::Func sums = algorithm.sums.at(product.result());
  sums.compute_at(level);
  unroll_tile(sums, shape, tile, sums.rvars(0));
  const auto copy = algorithm.tile_copies.find(product.result());
  if (copy == algorithm.tile_copies.end()) return;
  copy->second.compute_at(level);
  unroll_tile(copy->second, shape, tile, {});
}

void compute_stage(Halide::Func stage, Halide::Func consumer, const TileLoops& loops) {
  if (stage.defined()) stage.compute_at(consumer, loops.inner[0].var);
}

bool needs_packing(const ir::Op& dot) { return !right_lies_along_columns(dot); }

void schedule_packing(RightOperand& right, int64_t columns, int64_t depth, int64_t lanes) {
  const int64_t block = std::max<int64_t>(1, lanes / 2);
  const auto split = [&](int64_t extent) { return static_cast<int>(std::min(extent, block)); };
  const Halide::Var n = right.packed.args()[0], k = right.packed.args()[1];
  const Halide::Var n_outer("pn_outer"), k_outer("pk_outer"), n_inner("pn_inner"),
      k_inner("pk_inner");
  right.packed.split(n, n_outer, n_inner, split(columns), Halide::TailStrategy::ShiftInwards)
      .split(k, k_outer, k_inner, split(depth), Halide::TailStrategy::ShiftInwards)
      .reorder(n_inner, k_inner, n_outer, k_outer)
      .vectorize(n_inner)
      .unroll(k_inner);
  right.block.compute_at(right.packed, n_outer)
      .reorder_storage(k, n)
      .reorder(k, n)
      .vectorize(k)
      .unroll(n);
}

}  // namespace kiln::codegen::cpu
