#include "codegen/kernels/cpu/product_tile.h"

#include <algorithm>

#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"

namespace kiln::codegen::cpu {
namespace {

int64_t vectors_in(int64_t columns, int64_t lanes) { return (columns + lanes - 1) / lanes; }

bool contains(const ir::Integers& list, int64_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

// Per step of the contraction a tile loads its vectors of the right operand and broadcasts its rows
// of the left; few accumulators do not hide the latency of an FMA; partly filled vectors waste
// lanes.
double efficiency(const Tile& tile, int64_t lanes) {
  const auto vectors = static_cast<double>(vectors_in(tile.columns, lanes));
  const auto rows = static_cast<double>(tile.rows);
  const double sums = rows * vectors;
  const double filled = static_cast<double>(tile.columns) / (vectors * static_cast<double>(lanes));
  return filled * std::min(1.0, sums / kAccumulatorsInFlight) * sums /
         (sums + kLoadCost * (rows + vectors));
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

Tile choose_tile(const ir::Op& dot, const Target& target, bool slow_epilogue) {
  const ir::Type& type = dot.result()->type();
  const int64_t columns = type.shape[type.shape.size() - 1];
  const int64_t rows = type.shape[type.shape.size() - 2];
  const int64_t lanes = target.lanes(static_cast<int>(ir::size_of(type.element)));
  const int64_t most_accumulators =
      slow_epilogue ? accumulators_beside_division(target) : accumulators(target);
  Tile best;
  for (Tile tile; tile.columns <= std::min(columns, kMostTileVectors * lanes); ++tile.columns) {
    if (columns % tile.columns != 0) continue;
    for (tile.rows = 1; tile.rows <= std::min(rows, kMostTileRows); ++tile.rows) {
      if (rows % tile.rows != 0) continue;
      if (tile.rows * vectors_in(tile.columns, lanes) > most_accumulators) continue;
      if (efficiency(tile, lanes) >= efficiency(best, lanes)) best = tile;
    }
  }
  return best;
}

TileLoops tile_product(Halide::Func sums, Halide::Func consumer, const Tile& tile,
                       bool along_columns) {
  TileLoops loops;
  const Halide::Var n = consumer.args()[0], m = consumer.args()[1];
  consumer.split(n, loops.n_outer, loops.n_inner, static_cast<int>(tile.columns))
      .split(m, loops.m_outer, loops.m_inner, static_cast<int>(tile.rows))
      .vectorize(loops.n_inner)
      .unroll(loops.m_inner);
  if (along_columns) {
    consumer.reorder(loops.n_inner, loops.m_inner, loops.n_outer, loops.m_outer);
  } else {
    consumer.reorder(loops.n_inner, loops.m_inner, loops.m_outer, loops.n_outer);
  }
  const Halide::Var sn = sums.args()[0], sm = sums.args()[1];
  sums.compute_at(consumer, along_columns ? loops.n_outer : loops.m_outer).vectorize(sn).unroll(sm);
  std::vector<Halide::VarOrRVar> order = {sn, sm};
  for (const Halide::RVar& r : sums.rvars(0)) order.push_back(r);
  sums.update().reorder(order).vectorize(sn).unroll(sm);
  return loops;
}

bool needs_packing(const ir::Op& dot) {
  const int64_t last = dot.operand(1)->type().rank() - 1;
  const ir::DotGeneral dims = ir::DotGeneral::of(dot);
  return contains(dims.rhs_contracting, last) || contains(dims.rhs_batching, last);
}

void schedule_packing(RightOperand& right, int64_t columns, int64_t depth, int64_t lanes) {
  const int64_t block = std::max<int64_t>(1, lanes / 2);
  const Halide::Var n = right.packed.args()[0], k = right.packed.args()[1];
  const Halide::Var n_outer("pn_outer"), k_outer("pk_outer"), n_inner("pn_inner"),
      k_inner("pk_inner");
  right.packed.split(n, n_outer, n_inner, static_cast<int>(divisor_at_most(columns, block)))
      .split(k, k_outer, k_inner, static_cast<int>(divisor_at_most(depth, block)))
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
