#include <algorithm>

#include "codegen/kernels/product_tile.h"
#include "codegen/kernels/schedule.h"

namespace kiln::codegen {
namespace {

/// Multiply-adds that are worth a task of their own: a few microseconds of work.
constexpr int64_t kWorkPerTask = 128 * 1024;

int64_t multiply_adds(const ir::Op& dot) {
  int64_t depth = 1;
  for (int64_t d : dot.get<ir::Integers>("lhs_contracting")) depth *= dot.operand(0)->type().shape[static_cast<size_t>(d)];
  return depth * dot.result()->type().count();
}

/// The order of the tiles. Along columns where the whole right operand stays in the nearest cache: the
/// result is then written in the order of memory, which matters most where an optimizer's update
/// streams a weight and its slots through the epilogue. Else along rows, which reuse the columns' part
/// of the right operand.
enum class Order { by_rows, by_columns };

constexpr int64_t kNearestCache = 24 * 1024;  // bytes, of 32 KiB and more

Order choose_order(const ir::Op& dot) {
  return dot.operand(1)->type().bytes() <= kNearestCache ? Order::by_columns : Order::by_rows;
}

/// Cuts the tiles' loops into tasks along the slower dimension; returns the loop over tasks.
Halide::Var cut_into_tasks(Halide::Func output, const TileLoops& loops, Order order, int64_t column_tiles, int64_t row_tiles,
                           int64_t most_tasks) {
  const Halide::Var task("task");
  Halide::Var n_outer = loops.n_outer, m_outer = loops.m_outer;
  const int64_t column_tasks = divisor_at_most(column_tiles, most_tasks);
  const int64_t row_tasks = divisor_at_most(row_tiles, most_tasks);
  const bool cut_rows = order == Order::by_columns ? row_tasks >= column_tasks : row_tasks > column_tasks;
  if (cut_rows) {
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

}  // namespace

void schedule_contraction(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  const ir::Op& dot = root_op(region, "dot_general");
  const ir::Shape& shape = dot.result()->type().shape;
  KILN_CHECK(algorithm.outputs.size() == 1 && has_rows_and_columns(dot), "not a contraction kernel");
  Output& output = algorithm.outputs[0];
  const Tile tile = choose_tile(dot, target);
  const Order order = choose_order(dot);
  const TileLoops loops = tile_product(algorithm, dot, output.func, tile, order == Order::by_columns);
  const int64_t most_tasks = std::min<int64_t>(target.threads, multiply_adds(dot) / kWorkPerTask);
  const Halide::Var task = cut_into_tasks(output.func, loops, order, shape[shape.size() - 1] / tile.columns,
                                          shape[shape.size() - 2] / tile.rows, most_tasks);
  if (needs_packing(dot)) {
    schedule_packing(algorithm, dot, target);
    algorithm.right_operands.at(dot.result()).packed.compute_at(output.func, task);
  }
  if (output.stage.defined()) output.stage.compute_at(output.func, loops.m_inner).vectorize(output.stage.args()[0]);
}

}  // namespace kiln::codegen
