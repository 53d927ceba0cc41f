#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/cpu/task_cost.h"
#include "codegen/kernels/cpu/templates.h"
#include "codegen/kernels/schedule.h"

namespace kiln::codegen::cpu {
namespace {

/// All dimensions but the innermost as one loop.
Halide::Var fuse_rows(Halide::Func func) {
  const std::vector<Halide::Var> args = func.args();
  Halide::Var rows = args[1];
  for (size_t d = 2; d < args.size(); ++d) {
    const Halide::Var fused("rows" + std::to_string(d));
    func.fuse(rows, args[d], fused);
    rows = fused;
  }
  return rows;
}

void schedule_output(Output& output, const Target& target) {
  if (output.shape.empty()) {
    if (output.stage.defined()) output.stage.compute_root();
    return;
  }
  const int64_t inner = output.shape.back();
  const int64_t outer = ir::element_count(output.shape) / std::max<int64_t>(inner, 1);
  // A vector's width divides the row, so that no element is computed twice or beyond the end.
  const int64_t width = divisor_at_most(inner, kVectorsPerStep * target.lanes(4));
  const int64_t most_tasks = tasks_for_elements(target, inner * outer);
  const Halide::Var x = output.func.args()[0];
  const Halide::Var vectors("vectors"), lane("lane"), task("task");
  output.func.split(x, vectors, lane, static_cast<int>(width)).vectorize(lane);
  if (output.stage.defined())
    output.stage.compute_at(output.func, vectors).vectorize(output.stage.args()[0]);
  const bool by_rows = outer > 1;
  const int64_t pieces = by_rows ? outer : inner / width;
  const int64_t tasks = divisor_at_most(pieces, most_tasks);
  if (tasks <= 1) return;
  // Splitting the loop that `stage` is computed at keeps its name for the inner part.
  const Halide::Var loop = by_rows ? fuse_rows(output.func) : vectors;
  output.func.split(loop, task, loop, static_cast<int>(pieces / tasks)).parallel(task);
}

}  // namespace

void schedule_pointwise(Algorithm& algorithm, const ir::Region&, const Target& target) {
  for (Output& output : algorithm.outputs) schedule_output(output, target);
}

}  // namespace kiln::codegen::cpu
