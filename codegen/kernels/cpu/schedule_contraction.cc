#include <algorithm>

#include "codegen/kernels/cpu/product_tile.h"
#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/cpu/task_cost.h"
#include "codegen/kernels/cpu/tasks.h"
#include "codegen/kernels/cpu/templates.h"
#include "codegen/kernels/schedule.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/dot_general.h"
#include "ir/ops/fusion.h"

namespace kiln::codegen::cpu {
namespace {

/// The order of the tiles. Along columns where the whole right operand stays in the nearest cache:
/// the result is then written in the order of memory, which matters most where an optimizer's
/// update streams a weight and its slots through the epilogue. Else along rows, which reuse the
/// columns' part of the right operand.
enum class Order { by_rows, by_columns };

Order choose_order(const ir::Op& dot, const Target& target) {
  const bool is_resident = dot.operand(1)->type().bytes() <= resident_bytes(target);
  return is_resident ? Order::by_columns : Order::by_rows;
}

/// Splits a matrix's tiles into tasks along the slower dimension; returns the loop over tasks.
Halide::Var split_matrix(Halide::Func output, const TileLoops& loops, Order order,
                         int64_t column_tiles, int64_t row_tiles, int64_t most_tasks) {
  const Halide::Var task("task");
  Halide::Var n_outer = loops.n_outer, m_outer = loops.m_outer;
  const int64_t column_tasks = divisor_at_most(column_tiles, most_tasks);
  const int64_t row_tasks = divisor_at_most(row_tiles, most_tasks);
  const bool splits_rows =
      order == Order::by_columns ? row_tasks >= column_tasks : row_tasks > column_tasks;
  if (splits_rows) {
    output.split(m_outer, task, m_outer, static_cast<int>(row_tiles / row_tasks));
  } else {
    output.split(n_outer, task, n_outer, static_cast<int>(column_tiles / column_tasks));
  }
  if (order == Order::by_columns) {
    output.reorder(loops.n_inner, loops.m_inner, n_outer, m_outer, task);
  } else {
    output.reorder(loops.n_inner, loops.m_inner, m_outer, n_outer, task);
  }
  if (std::max(column_tasks, row_tasks) > 1) output.parallel(task);
  return task;
}

/// Splits a batch of matrices into tasks of whole matrices, or of parts of them where they are few.
Halide::Var split_batch(Halide::Func output, const TileLoops& loops, Order order,
                        const ir::Shape& shape, const Tile& tile, int64_t most_tasks) {
  std::vector<Loop> slower;
  for (size_t d = 0; d + 2 < shape.size(); ++d)
    slower.push_back({output.args()[shape.size() - 1 - d], shape[d]});
  if (order == Order::by_columns) {
    slower.push_back({loops.m_outer, shape[shape.size() - 2] / tile.rows});
  } else {
    slower.push_back({loops.n_outer, shape.back() / tile.columns});
  }
  return split_into_tasks(output, slower, most_tasks);
}

/// Split-K: whether the contracted dimension is split (kSplitKParts). Not a matter of the number of
/// threads, which must not change the bits.
bool splits_k(const ir::Op& dot) {
  const ir::Integers contracting = ir::DotGeneral::of(dot).lhs_contracting;
  const ir::Shape& shape = dot.result()->type().shape;
  if (contracting.size() != 1 || shape.size() != 2 || needs_packing(dot)) return false;
  const int64_t depth = dot.operand(0)->type().shape[static_cast<size_t>(contracting[0])];
  return depth >= kSplitKLeastDepth && depth % kSplitKParts == 0 &&
         depth >= kSplitKDepthPerRow * shape[0] && multiply_adds(dot) >= kLeastSplitWork;
}

/// Partial sums of each part by a task of its own, then the epilogue over their totals.
void schedule_split_k(Algorithm& algorithm, const ir::Op& dot, Output& output, const Tile& tile,
                      const Target& target) {
  const ir::Type& lhs = dot.operand(0)->type();
  const int64_t depth = lhs.shape[static_cast<size_t>(ir::DotGeneral::of(dot).lhs_contracting[0])];
  Halide::Func sums = algorithm.sums.at(dot.result());
  const Halide::RVar outer("r_piece"), inner("r_in_piece");
  const Halide::Var part("piece");
  sums.update().split(sums.rvars(0)[0], outer, inner, static_cast<int>(depth / kSplitKParts));
  Halide::Func partial = sums.update().rfactor(outer, part);
  Halide::Func parts = partial.in(sums);
  parts.compute_root();
  const TileLoops loops = tile_product(partial, parts, tile, false);
  Halide::Var n_outer = loops.n_outer, task("task");
  const int64_t column_tiles = dot.result()->type().shape.back() / tile.columns;
  const int64_t column_tasks =
      divisor_at_most(column_tiles, std::max<int64_t>(1, target.threads / kSplitKParts));
  parts.split(n_outer, task, n_outer, static_cast<int>(column_tiles / column_tasks));
  parts.reorder(loops.n_inner, loops.m_inner, loops.m_outer, n_outer, task, part);
  if (target.threads > 1) {
    const Halide::Var tasks("tasks");
    parts.fuse(task, part, tasks).parallel(tasks);
  }
  const Halide::Var n = output.func.args()[0];
  const Halide::Var columns("columns"), lane("lane");
  output.func.split(n, columns, lane, static_cast<int>(tile.columns)).vectorize(lane);
  sums.compute_at(output.func, columns).vectorize(sums.args()[0]);
  sums.update().vectorize(sums.args()[0]).unroll(outer);
  if (output.stage.defined())
    output.stage.compute_at(output.func, columns).vectorize(output.stage.args()[0]);
}

}  // namespace

void schedule_contraction(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  const ir::Op& dot = root_of(ir::FusionKind::contraction, region);
  const ir::Shape& shape = dot.result()->type().shape;
  KILN_CHECK(algorithm.outputs.size() == 1, "a contraction kernel has results of one shape");
  Output& output = algorithm.outputs[0];
  const Tile tile = choose_tile(dot, target, has_slow_epilogue(region, dot));
  if (splits_k(dot)) return schedule_split_k(algorithm, dot, output, tile, target);
  const Order order = choose_order(dot, target);
  const TileLoops loops =
      tile_product(algorithm.sums.at(dot.result()), output.func, tile, order == Order::by_columns);
  const int64_t most_tasks = tasks_for_products(target, multiply_adds(dot));
  const Halide::Var task = shape.size() > 2
                               ? split_batch(output.func, loops, order, shape, tile, most_tasks)
                               : split_matrix(output.func, loops, order, shape[1] / tile.columns,
                                              shape[0] / tile.rows, most_tasks);
  if (needs_packing(dot)) {
    const ir::Type& right = dot.operand(1)->type();
    RightOperand& operand = algorithm.right_operands.at(dot.result());
    schedule_packing(operand, shape.back(), right.shape.back(),
                     target.lanes(static_cast<int>(ir::size_of(right.element))));
    // Once, or for each matrix of the batch if each has a right operand of its own.
    const bool one_for_all = ir::DotGeneral::of(dot).rhs_batching.empty();
    operand.packed.compute_at(output.func, one_for_all ? task : Halide::Var("rest"));
  }
  if (output.stage.defined())
    output.stage.compute_at(output.func, loops.m_inner).vectorize(output.stage.args()[0]);
}

}  // namespace kiln::codegen::cpu
