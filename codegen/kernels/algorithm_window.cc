// Ops whose results look at a window of an operand.
#include "codegen/kernels/algorithm_builder.h"
#include "codegen/kernels/expression.h"
#include "ir/ops/window_reduction.h"

namespace kiln::codegen {

using Halide::cast;
using Halide::Expr;
using Halide::Func;
using Halide::Var;
using ir::Op;

Expr both(const Expr& a, const Expr& b) {
  if (!a.defined() || !b.defined()) return a.defined() ? a : b;
  return a && b;
}

BaseIndex base_index(const ir::WindowDimension& window, const Expr& position, const Expr& offset) {
  Expr at = position * constant_index(window.stride) + offset * constant_index(window.dilation) -
            constant_index(window.padding_low);
  const int64_t last = (window.count() - 1) * window.stride + window.dilated_size() - 1;
  BaseIndex base;
  if (window.padding_low > 0) base.inside = at >= 0;
  if (last - window.padding_low >= window.dilated_base())
    base.inside = both(base.inside, at < constant_index(window.dilated_base()));
  if (window.base_dilation > 1) {
    base.inside = both(base.inside, at % constant_index(window.base_dilation) == 0);
    at = at / constant_index(window.base_dilation);
  }
  // Bounds inference does not look at the condition.
  base.index = Halide::unsafe_promise_clamped(at, 0, constant_index(window.base - 1));
  return base;
}

namespace {

/// The window's elements in row-major order, and each one's index in the base at `position`.
struct WindowElements {
  Halide::RDom r;
  Indices index;
};

WindowElements window_elements(const std::vector<ir::WindowDimension>& windows,
                               const Indices& position) {
  std::vector<Halide::Range> ranges;
  for (size_t d = windows.size(); d-- > 0;)
    ranges.push_back({0, static_cast<int>(windows[d].size)});
  WindowElements elements{Halide::RDom(ranges, "r"), Indices(windows.size())};
  for (size_t d = 0; d < windows.size(); ++d) {
    const BaseIndex base =
        base_index(windows[d], position[d], elements.r[static_cast<int>(windows.size() - 1 - d)]);
    elements.index[d] = base.index;
    if (base.inside.defined()) elements.r.where(base.inside);
  }
  return elements;
}

/// The number of an element of the window, row-major.
Expr window_offset(const std::vector<ir::WindowDimension>& windows, const Indices& offset) {
  Expr linear = 0;
  for (size_t d = 0; d < windows.size(); ++d)
    linear = linear * constant_index(windows[d].size) + offset[d];
  return linear;
}

}  // namespace

void AlgorithmBuilder::define_reduce_window(const Op& op) {
  const auto& reducer = op.get<std::string>("reducer");
  const auto windows = ir::windows_of(op);
  if (windows.empty())
    return define_result(op, 0, [&](const Indices&) { return element(op.operand(0), {}); });
  const Halide::Type type = accumulator_type(op.result()->type().element);
  const std::vector<Var> vars = variables(op.result()->type().rank());
  const Indices at(vars.begin(), vars.end());
  Func func("v" + std::to_string(algorithm_.funcs.size()));
  func(reversed(at)) = reduction_identity(reducer, type);
  algorithm_.funcs[op.result()] = func;
  if (op.operand(0)->type().count() == 0) return;
  const WindowElements elements = window_elements(windows, at);
  func(reversed(at)) = combine(reducer, func(reversed(at)),
                               cast(type, summed_element(op.operand(0), elements.index)));
}

/// Which of its elements each window chooses, by number; -1 where it has none.
Func AlgorithmBuilder::define_selection(const Op& op,
                                        const std::vector<ir::WindowDimension>& windows) {
  const std::vector<Var> vars = variables(op.result()->type().rank());
  const Indices position(vars.begin(), vars.end());
  const WindowElements elements = window_elements(windows, position);
  Indices offset;
  for (size_t d = 0; d < windows.size(); ++d)
    offset.push_back(elements.r[static_cast<int>(windows.size() - 1 - d)]);
  Func chosen("chosen" + std::to_string(algorithm_.funcs.size()));
  Expr candidate = element(op.operand(0), elements.index);
  chosen(reversed(position)) =
      Halide::Tuple(Halide::Internal::make_zero(candidate.type()), Expr(-1));
  Expr best = chosen(reversed(position))[0], which = chosen(reversed(position))[1];
  Expr keeps = which >= 0 && compare(op.get<std::string>("direction"), best, candidate);
  chosen(reversed(position)) =
      Halide::Tuple(Halide::select(keeps, best, candidate),
                    Halide::select(keeps, which, window_offset(windows, offset)));
  return chosen;
}

/// Each element takes from the windows over it those that chose it.
void AlgorithmBuilder::define_select_and_scatter(const Op& op) {
  const auto windows = ir::windows_of(op);
  if (windows.empty())
    return define_result(op, 0, [&](const Indices&) { return element(op.operand(1), {}); });
  const Halide::Type type = accumulator_type(op.result()->type().element);
  const std::vector<Var> vars = variables(op.result()->type().rank());
  const Indices at(vars.begin(), vars.end());
  Func func("v" + std::to_string(algorithm_.funcs.size()));
  func(reversed(at)) = Halide::Internal::make_zero(type);
  algorithm_.funcs[op.result()] = func;
  if (op.operand(1)->type().count() == 0) return;
  const Func chosen = define_selection(op, windows);
  algorithm_.selections[op.result()] = chosen;

  // The windows over an element start at most one window before it.
  std::vector<Halide::Range> ranges;
  for (size_t d = windows.size(); d-- > 0;) {
    const int64_t most = (windows[d].size + windows[d].stride - 1) / windows[d].stride;
    ranges.push_back({0, static_cast<int>(most)});
  }
  Halide::RDom r(ranges, "r");
  Indices position(windows.size()), offset(windows.size());
  for (size_t d = 0; d < windows.size(); ++d) {
    const ir::WindowDimension& window = windows[d];
    const Expr back = r[static_cast<int>(windows.size() - 1 - d)];
    const Expr stride = constant_index(window.stride);
    Expr padded = at[d] + constant_index(window.padding_low);
    position[d] = padded / stride - back;
    offset[d] = padded % stride + back * stride;
    const int64_t last = (window.base - 1 + window.padding_low) / window.stride;
    if (window.padding_low < 0 || window.size > window.stride) r.where(position[d] >= 0);
    if (last >= window.count()) r.where(position[d] < constant_index(window.count()));
    if (window.size % window.stride != 0) r.where(offset[d] < constant_index(window.size));
    position[d] =
        Halide::unsafe_promise_clamped(position[d], 0, constant_index(window.count() - 1));
  }
  Expr chose = chosen(reversed(position))[1] == window_offset(windows, offset);
  func(reversed(at)) += Halide::select(chose, cast(type, element(op.operand(1), position)),
                                       Halide::Internal::make_zero(type));
}

}  // namespace kiln::codegen
