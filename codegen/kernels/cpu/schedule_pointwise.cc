#include <algorithm>

#include "codegen/kernels/cpu/accumulation.h"
#include "codegen/kernels/cpu/task_cost.h"
#include "codegen/kernels/cpu/tasks.h"
#include "codegen/kernels/cpu/templates.h"

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
  const int64_t width = row_step(inner, target.lanes(4));
  const int64_t most_tasks = tasks_for_elements(target, inner * outer);
  const Halide::Var x = output.func.args()[0];
  const Halide::Var vectors("vectors"), lane("lane"), task("task");
  output.func.split(x, vectors, lane, static_cast<int>(width), row_tail(inner, width));
  if (width > 1) output.func.vectorize(lane);
  if (output.stage.defined()) output.stage.compute_at(output.func, lane);
  const bool by_rows = outer > 1;
  const int64_t pieces = by_rows ? outer : (inner + width - 1) / width;
  if (std::min(pieces, most_tasks) <= 1) return;
  split_into_tasks(output.func, {{by_rows ? fuse_rows(output.func) : vectors, pieces}}, most_tasks);
}

}  // namespace

void schedule_pointwise(Algorithm& algorithm, const ir::Region&, const Target& target) {
  for (Output& output : algorithm.outputs) schedule_output(output, target);
}

}  // namespace kiln::codegen::cpu
