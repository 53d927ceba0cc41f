// Derivatives of reductions over sliding windows.
#include <cmath>

#include "ir/ops/window.h"
#include "passes/gradients/gradients.h"

namespace kiln::passes {
namespace {

using ir::Integers;
using ir::Tensor;
using A = const Application&;

/// An element takes the adjoints of all windows over it: a window that slides over dy, whose
/// elements are a stride apart.
Tensor window_sum_operand(A a) {
  const ir::Window window = ir::Window::of(a.op);
  ir::Window back = window;
  std::swap(back.strides, back.base_dilations);
  for (size_t d = 0; d < window.dimensions.size(); ++d) {
    const int64_t size = window.dimensions[d];
    const ir::WindowDimension base{a.x().shape()[d], 1, 1, 0, 0, window.base_dilations[d]};
    const ir::WindowDimension result{a.y().shape()[d], 1, 1, 0, 0, window.strides[d]};
    back.padding_low[d] = size - 1 - window.padding_low[d];
    back.padding_high[d] =
        base.dilated_base() + size - 1 - result.dilated_base() - back.padding_low[d];
  }
  return reduce_window(a.dy, "add", back);
}

/// The first extreme element of a window takes all, as in TensorFlow. Where the operand has gaps,
/// it gets them as elements that no window prefers.
Tensor window_extreme_operand(A a) {
  ir::Window window = ir::Window::of(a.op);
  const bool largest = a.op.get<std::string>("reducer") == "maximum";
  const Integers none(window.dimensions.size(), 0);
  Integers gaps = std::move(window.base_dilations);
  window.base_dilations.clear();
  for (int64_t& gap : gaps) --gap;
  const Tensor x =
      gaps == none ? a.x() : pad(a.x(), largest ? -HUGE_VAL : HUGE_VAL, none, none, gaps);
  const Tensor dx = select_and_scatter(x, a.dy, largest ? "GE" : "LE", window);
  Integers steps = gaps;
  for (int64_t& step : steps) ++step;
  return gaps == none ? dx : slice(dx, none, dx.shape(), steps);
}

Tensor reduce_window_operand(A a) {
  if (a.dy.type().count() == 0) return {};
  return a.op.get<std::string>("reducer") == "add" ? window_sum_operand(a)
                                                   : window_extreme_operand(a);
}

}  // namespace

void add_window_reduction_gradients(std::vector<Gradient>& table) {
  table.push_back({"reduce_window", {reduce_window_operand}});
}

}  // namespace kiln::passes
