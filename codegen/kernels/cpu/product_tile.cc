#include "codegen/kernels/cpu/product_tile.h"

#include <algorithm>

#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"

namespace kiln::codegen::cpu {
namespace {

/// How much of the FMA peak a tile can reach. Per step of the contraction a tile loads its vectors
/// of the right operand and broadcasts its rows of the left; few accumulators do not hide the
/// latency of an FMA.
double efficiency(int64_t rows, int64_t vectors) {
  const auto sums = static_cast<double>(rows * vectors);
  return std::min(1.0, sums / kAccumulatorsInFlight) * sums /
         (sums + kLoadCost * static_cast<double>(rows + vectors));
}

/// What is left of it where a tile's vectors and rows do not divide a result's.
double covered_share(const ProductTile& tile, int64_t rows, int64_t columns) {
  const auto share = [](int64_t extent, int64_t part) {
    const double covered =
        static_cast<double>(extent) / static_cast<double>(tiles_over(extent, part) * part);
    return covered < 1 ? covered * kRaggedTiles : covered;
  };
  return share(rows, tile.rows) * share(columns, tile.columns());
}

/// Whether the divisions and roots of the epilogue take about as long as the products before them.
bool has_slow_epilogue(const ir::Region& region, const ir::Op& product) {
  int64_t divisions = 0;
  for (const auto& op : region.ops()) {
    const bool slow = op->definition().facts.cost == ir::ElementCost::division;
    if (slow && op->result()->type().shape == product.result()->type().shape) ++divisions;
  }
  return divisions * kMultiplyAddsPerDivision * product.result()->type().count() * 2 >=
         multiply_adds(product);
}

ProductTile choose_dot_tile(const ir::Op& dot, const Target& target, bool slow_epilogue) {
  const ir::Type& type = dot.result()->type();
  const int64_t columns = type.shape.back();
  ProductTile tile;
  tile.lanes =
      std::min<int64_t>(target.lanes(static_cast<int>(ir::size_of(type.element))), columns);
  std::vector<ProductTile> vectors;
  const int64_t most = std::min(tiles_over(columns, tile.lanes), kMostTileVectors);
  for (; tile.vectors <= most; ++tile.vectors) vectors.push_back(tile);
  return best_tile(vectors, type.shape,
                   {slow_epilogue ? accumulators_beside_division(target) : accumulators(target),
                    kMostTileRows, 1});
}

}  // namespace

ProductTile best_tile(const std::vector<ProductTile>& vectors, const ir::Shape& shape,
                      const TileLimits& limits) {
  ProductTile best;
  double best_efficiency = 0;
  for (ProductTile tile : vectors) {
    int64_t whole = 1;  // rows of the dimensions that are whole in the tile
    for (size_t d = 1; d <= limits.row_dimension && whole <= limits.accumulators; ++d) {
      const int64_t extent = shape[shape.size() - 1 - d];
      tile.row_dimension = d;
      for (tile.rows = 1; tile.rows <= std::min(extent, limits.rows); ++tile.rows) {
        if (whole * tile.rows * tile.vectors > limits.accumulators) break;
        const double reached =
            efficiency(whole * tile.rows, tile.vectors) * covered_share(tile, extent, shape.back());
        if (reached < best_efficiency) continue;
        best_efficiency = reached;
        best = tile;
      }
      whole *= extent;
    }
  }
  return best;
}

ProductTiles choose_tiles(const ir::Region& region, ir::FusionKind kind, const Target& target) {
  ProductTiles tiles;
  const bool has_epilogue =
      kind == ir::FusionKind::contraction || kind == ir::FusionKind::convolution;
  for (const auto& op : region.ops()) {
    const bool is_dot = op->is("dot_general") && ir::has_rows_and_columns(*op);
    if ((!is_dot && !op->is("convolution")) || op->result()->type().count() == 0) continue;
    const bool slow = has_epilogue && has_slow_epilogue(region, *op);
    tiles[op->result()] =
        is_dot ? choose_dot_tile(*op, target, slow) : choose_convolution_tile(*op, target, slow);
  }
  return tiles;
}

TileLoops tile_consumer(Halide::Func consumer, const ir::Shape& shape, const ProductTile& tile) {
  using Tail = Halide::TailStrategy;
  const auto tail = [&](size_t d, int64_t part, Tail ragged) {
    return tail_of(shape[shape.size() - 1 - d], part, ragged);
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

std::vector<Halide::VarOrRVar> loops_within_tile(Halide::Func sums, const ProductTile& tile) {
  const std::vector<Halide::Var> args = sums.args();
  std::vector<Halide::VarOrRVar> loops = {args[kLane], args[kVector], args[kRow]};
  for (size_t d = 1; d < tile.row_dimension; ++d) loops.emplace_back(args[parameter_of(tile, d)]);
  return loops;
}

void unroll_tile(Halide::Func sums, const ir::Shape& shape, const ProductTile& tile,
                 const std::vector<Halide::RVar>& order) {
  const std::vector<Halide::VarOrRVar> loops = loops_within_tile(sums, tile);
  std::vector<int64_t> extents = {tile.lanes, tile.vectors, tile.rows};
  for (size_t d = 1; d < tile.row_dimension; ++d) extents.push_back(shape[shape.size() - 1 - d]);
  for (size_t i = 0; i < loops.size(); ++i)
    sums.bound(loops[i].var, 0, static_cast<int>(extents[i]));
  std::vector<Halide::Stage> stages = {sums};
  if (sums.has_update_definition()) {
    std::vector<Halide::VarOrRVar> all = loops;
    all.insert(all.end(), order.begin(), order.end());
    stages.push_back(sums.update().reorder(all));
  }
  for (Halide::Stage& stage : stages) {
    if (tile.lanes > 1) stage.vectorize(loops[kLane]);
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

SumParts split_sums(Algorithm& algorithm, const ir::Op& product, int64_t parts) {
  SumParts split;
  Halide::Func sums = algorithm.sums.at(product.result());
  const Halide::RVar inner("r_in_piece");
  sums.update().split(sums.rvars(0).back(), split.added, inner,
                      static_cast<int>(outermost_sum(product) / parts));
  split.partial = sums.update().rfactor(split.added, split.part);
  split.parts = split.partial.in(sums);
  split.parts.compute_root();
  const ir::Shape& shape = product.result()->type().shape;
  const ProductTile& tile = algorithm.tiles.at(product.result());
  for (const Halide::Func& func : {split.parts, split.partial})
    unroll_tile(func, shape, tile,
                func.has_update_definition() ? func.rvars(0) : std::vector<Halide::RVar>());
  return split;
}

void add_parts(Algorithm& algorithm, const ir::Op& product, const SumParts& parts, Output& output,
               const TileLoops& loops) {
  compute_tile(algorithm, product, {output.func, loops.rows});
  algorithm.sums.at(product.result()).update().unroll(parts.added);
  compute_stage(output.stage, output.func, loops);
}

bool needs_packing(const ir::Op& dot) { return !right_lies_along_columns(dot); }

void schedule_packing(Algorithm& algorithm, const ir::Op& product, const Target& target) {
  RightOperand& right = algorithm.right_operands.at(product.result());
  const ir::Type& type = product.operand(1)->type();
  const int64_t block =
      std::max<int64_t>(1, target.lanes(static_cast<int>(ir::size_of(type.element))) / 2);
  const auto split = [&](int64_t extent) { return static_cast<int>(std::min(extent, block)); };
  const Halide::Var n = right.packed.args()[0], k = right.packed.args()[1];
  const Halide::Var n_outer("pn_outer"), k_outer("pk_outer"), n_inner("pn_inner"),
      k_inner("pk_inner");
  right.packed
      .split(n, n_outer, n_inner, split(product.result()->type().shape.back()),
             Halide::TailStrategy::ShiftInwards)
      .split(k, k_outer, k_inner, split(type.shape.back()), Halide::TailStrategy::ShiftInwards)
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
