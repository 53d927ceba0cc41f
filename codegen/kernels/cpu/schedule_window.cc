#include <algorithm>

#include "codegen/kernels/cpu/accumulation.h"
#include "codegen/kernels/cpu/register_cost.h"
#include "codegen/kernels/cpu/task_cost.h"
#include "codegen/kernels/cpu/tasks.h"
#include "codegen/kernels/cpu/templates.h"
#include "codegen/kernels/schedule.h"
#include "ir/ops/fusion.h"
#include "ir/ops/window_reduction.h"

namespace kiln::codegen::cpu {
namespace {

/// Lanes of a vector along the innermost dimension: one where windows slide along it. (Halide 21
/// has no code for some of the predicated loads that padding would need there.)
int64_t lanes_of(const ir::Op& op, const Target& target) {
  const auto windows = ir::windows_of(op);
  if (windows.empty()) return 1;
  const ir::WindowDimension& inner = windows.back();
  if (inner.size > 1 || inner.stride > 1 || inner.base_dilation > 1 || inner.padding_low != 0 ||
      inner.padding_high != 0)
    return 1;
  const int64_t bytes = ir::size_of(op.result()->type().element);
  return target.lanes(static_cast<int>(std::max<int64_t>(4, bytes)));
}

int64_t elements_of(const std::vector<ir::WindowDimension>& windows) {
  int64_t elements = 1;
  for (const auto& window : windows) elements *= window.size;
  return elements;
}

bool overlap(const std::vector<ir::WindowDimension>& windows) {
  return std::any_of(windows.begin(), windows.end(),
                     [](const auto& window) { return window.size > window.stride; });
}

/// Unrolls a Func's update over a window.
void unroll_window(Halide::Func func) {
  if (!func.has_update_definition()) return;
  for (const Halide::RVar& r : func.rvars(0)) func.update().unroll(r);
}

/// Vectors along the innermost dimension, of `extent`, in a Func and in its update over a window.
void vectorize_window(Halide::Func func, int64_t extent, int64_t lanes, bool unroll) {
  const Halide::Var x = func.args()[0];
  if (lanes > 1) vectorize_innermost(func, x, extent, lanes);
  if (!func.has_update_definition()) return;
  std::vector<Halide::VarOrRVar> order = {x};
  for (const Halide::RVar& r : func.rvars(0)) order.push_back(r);
  func.update().reorder(order);
  if (unroll) unroll_window(func);
  if (lanes > 1) vectorize_innermost(func.update(), x, extent, lanes);
}

/// The loops of the output: a vector, then the elements of one window's step, then the windows.
/// Returns the loop over the vector's lanes; `outer` receives the ones beyond the steps, outermost
/// first.
Halide::Var loop_over_windows(Output& output, const std::vector<ir::WindowDimension>& windows,
                              bool scatters, int64_t width, std::vector<Loop>& outer) {
  Halide::Func func = output.func;
  const Halide::Var vectors("vectors");
  Halide::Var lane("lane");
  func.split(func.args()[0], vectors, lane, static_cast<int>(width),
             row_tail(output.shape.back(), width));
  if (width > 1) func.vectorize(lane);
  std::vector<Halide::VarOrRVar> steps = {lane}, beyond = {vectors};
  for (size_t d = 1; d < output.shape.size(); ++d) {
    const ir::WindowDimension& window = windows[windows.size() - 1 - d];
    const int64_t extent = output.shape[output.shape.size() - 1 - d];
    const int64_t step = scatters ? window.stride : window.base_dilation;
    Halide::Var loop = func.args()[d];
    int64_t count = extent;
    if (step > 1 && step <= std::min(extent, kUnrolledElements)) {
      const Halide::Var within("step" + std::to_string(d));
      func.split(loop, loop, within, static_cast<int>(step), tail_of(extent, step)).unroll(within);
      steps.push_back(within);
      count = (extent + step - 1) / step;
    }
    beyond.push_back(loop);
    outer.insert(outer.begin(), {loop, count});
  }
  steps.insert(steps.end(), beyond.begin(), beyond.end());
  func.reorder(steps);
  return lane;
}

}  // namespace

void schedule_window(Algorithm& algorithm, const ir::Region& region, const Target& target) {
  const ir::Op& op = root_of(ir::FusionKind::window, region);
  KILN_CHECK(algorithm.outputs.size() == 1, "a window kernel has results of one shape");
  Output& output = algorithm.outputs[0];
  const auto windows = ir::windows_of(op);
  const bool unroll = elements_of(windows) <= kUnrolledElements;
  const int64_t lanes = lanes_of(op, target);
  const int64_t width = lanes > 1 ? row_step(output.shape.back(), lanes) : 1;
  std::vector<Loop> outer;
  const auto selection = algorithm.selections.find(op.result());
  const bool scatters = op.is("select_and_scatter");
  const Halide::Var lane = loop_over_windows(output, windows, scatters, width, outer);
  const int64_t most_tasks = tasks_for_elements(target, op.operand(0)->type().count());
  if (!outer.empty()) split_into_tasks(output.func, outer, most_tasks);

  Halide::Func result = algorithm.funcs.at(op.result());
  if (output.stage.defined()) output.stage.compute_at(output.func, lane);
  result.compute_at(output.func, lane);
  if (unroll) unroll_window(result);
  if (selection == algorithm.selections.end()) return;
  Halide::Func chosen = selection->second;
  if (!overlap(windows)) {
    chosen.compute_at(output.func, lane);
    if (unroll) unroll_window(chosen);
    return;
  }
  chosen.compute_root();
  vectorize_window(chosen, op.operand(1)->type().shape.back(), lanes, unroll);
  if (chosen.args().size() > 1 && most_tasks > 1) chosen.parallel(chosen.args().back());
}

void schedule_small_window(Algorithm& algorithm, const ir::Op& op, const Target& target) {
  const ir::Type& type = op.result()->type();
  if (type.rank() == 0) return;
  const int64_t lanes = lanes_of(op, target);
  const bool unroll = elements_of(ir::windows_of(op)) <= kUnrolledElements;
  Halide::Func result = algorithm.funcs.at(op.result());
  result.compute_root();
  vectorize_window(result, type.shape.back(), lanes, unroll);
  const auto selection = algorithm.selections.find(op.result());
  if (selection == algorithm.selections.end()) return;
  selection->second.compute_root();
  vectorize_window(selection->second, op.operand(1)->type().shape.back(), lanes, unroll);
}

}  // namespace kiln::codegen::cpu
