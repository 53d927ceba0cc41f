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

/// Cuts the tiles' loops into tasks; returns the loop over them.
Halide::Var cut_into_tasks(Halide::Func output, const TileLoops& loops, int64_t column_tiles, int64_t row_tiles, int64_t most_tasks) {
  const Halide::Var task("task");
  Halide::Var n_outer = loops.n_outer, m_outer = loops.m_outer;
  const int64_t column_tasks = divisor_at_most(column_tiles, most_tasks);
  const int64_t row_tasks = divisor_at_most(row_tiles, most_tasks);
  // By columns where both serve: then a thread owns the same columns of a weight in the forward
  // product and in the weight's update, step after step, and they stay in its cache.
  if (column_tasks >= row_tasks) {
    output.split(n_outer, task, n_outer, static_cast<int>(column_tiles / column_tasks));
  } else {
    output.split(m_outer, task, m_outer, static_cast<int>(row_tiles / row_tasks))
        .reorder(loops.n_inner, loops.m_inner, m_outer, n_outer, task);
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
  const TileLoops loops = tile_product(algorithm, dot, output.func, tile);
  const int64_t most_tasks = std::min<int64_t>(target.threads, multiply_adds(dot) / kWorkPerTask);
  const Halide::Var task = cut_into_tasks(output.func, loops, shape[shape.size() - 1] / tile.columns,
                                          shape[shape.size() - 2] / tile.rows, most_tasks);
  if (needs_packing(dot)) {
    schedule_packing(algorithm, dot, target);
    algorithm.right_operands.at(dot.result()).packed.compute_at(output.func, task);
  }
  if (output.stage.defined()) output.stage.compute_at(output.func, loops.m_inner).vectorize(output.stage.args()[0]);
}

}  // namespace kiln::codegen
