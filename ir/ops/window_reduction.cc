// Reductions over a window that slides, and the way back from them:
// https://openxla.org/stablehlo/spec#reduce_window, #select_and_scatter
#include "ir/ops/window_reduction.h"

#include "ir/ops/definition.h"
#include "ir/ops/errors.h"
#include "ir/ops/reducer.h"

namespace kiln::ir {

Window Window::of(const Op& op) {
  return {op.get<Integers>("window_dimensions"), op.get<Integers>("window_strides"),
          op.get<Integers>("padding_low"), op.get<Integers>("padding_high"),
          op.get_or("base_dilations", Integers(op.operand(0)->type().shape.size(), 1))};
}

std::vector<WindowDimension> windows_of(const Op& op) {
  const Shape& base = op.operand(0)->type().shape;
  const Window window = Window::of(op);
  std::vector<WindowDimension> windows;
  for (size_t d = 0; d < base.size(); ++d) {
    windows.push_back({base[d], window.dimensions[d], window.strides[d], window.padding_low[d],
                       window.padding_high[d], window.base_dilations[d]});
  }
  return windows;
}

namespace {

using Types = std::vector<Type>;
using Kind = AttributeSpec::Kind;

Expected<std::vector<WindowDimension>> checked_windows(const Op& op) {
  const Type& from = op.operand(0)->type();
  if (from.element == ElementType::i1) return op_error(op, "does not take elements of type i1");
  for (std::string_view name :
       {"window_dimensions", "window_strides", "padding_low", "padding_high", "base_dilations"}) {
    if (op.has(name) && static_cast<int64_t>(op.get<Integers>(name).size()) != from.rank())
      return op_error(op, "{} needs an entry per dimension of {}", name, from.to_string());
  }
  std::vector<WindowDimension> windows = windows_of(op);
  for (size_t d = 0; d < windows.size(); ++d) {
    if (windows[d].size < 1)
      return op_error(op, "dimension {}: a window of {} elements", d, windows[d].size);
    if (auto problem = windows[d].problem()) return op_error(op, "dimension {}: {}", d, *problem);
  }
  return windows;
}

// ---- reduce_window

Expected<Types> infer_reduce_window(const Op& op, std::span<const Type>) {
  const auto& reducer = op.get<std::string>("reducer");
  if (reducer != "add" && reducer != "maximum" && reducer != "minimum")
    return op_error(op, "reducer must be add, maximum or minimum, not \"{}\"", reducer);
  KILN_ASSIGN(const auto windows, checked_windows(op));
  return Types{op.operand(0)->type().with_shape(window_counts(windows))};
}

template <typename Number>
void reduce_windows(const Op& op, const std::vector<Number>& elements, Literal& result) {
  const auto& reducer = op.get<std::string>("reducer");
  const auto windows = windows_of(op);
  const Shape strides = strides_of(op.operand(0)->type().shape);
  std::vector<Number> totals;
  for_each_index(result.type().shape, [&](const Shape& position) {
    Number total = identity<Number>(reducer, result.type().element);
    for_each_window_element(windows, position, [&](const Shape&, const Shape& index) {
      total = combine(reducer, total, elements[static_cast<size_t>(offset_of(index, strides))]);
    });
    totals.push_back(total);
  });
  result.assign(totals);
}

void evaluate_reduce_window(const Op& op, std::span<const Literal> operands,
                            std::span<Literal> results) {
  if (is_float(results[0].type().element)) {
    reduce_windows(op, operands[0].values(), results[0]);
  } else {
    reduce_windows(op, operands[0].integers(), results[0]);
  }
}

// ---- select_and_scatter

Expected<Types> infer_select_and_scatter(const Op& op, std::span<const Type>) {
  const auto& direction = op.get<std::string>("direction");
  if (direction != "GE" && direction != "LE")
    return op_error(op, "direction must be GE or LE, not \"{}\"", direction);
  KILN_ASSIGN(const auto windows, checked_windows(op));
  const Type& from = op.operand(0)->type();
  const Type expected = from.with_shape(window_counts(windows));
  if (op.operand(1)->type() != expected) {
    return op_error(op, "needs an element to scatter per window: {}, not {}", expected.to_string(),
                    op.operand(1)->type().to_string());
  }
  return Types{from};
}

template <typename Number>
void scatter_to_selected(const Op& op, const std::vector<Number>& elements,
                         const std::vector<Number>& source, Literal& result) {
  const bool largest = op.get<std::string>("direction") == "GE";
  const auto windows = windows_of(op);
  const Shape strides = strides_of(op.operand(0)->type().shape);
  std::vector<Number> totals(elements.size(), 0);
  size_t at = 0;
  for_each_index(op.operand(1)->type().shape, [&](const Shape& position) {
    int64_t selected = -1;
    for_each_window_element(windows, position, [&](const Shape&, const Shape& index) {
      const int64_t candidate = offset_of(index, strides);
      if (selected >= 0) {
        const Number best = elements[static_cast<size_t>(selected)];
        const Number other = elements[static_cast<size_t>(candidate)];
        if (largest ? best >= other : best <= other) return;
      }
      selected = candidate;
    });
    const Number scattered = source[at++];
    if (selected < 0) return;
    Number& total = totals[static_cast<size_t>(selected)];
    total = add(total, scattered);
  });
  result.assign(totals);
}

void evaluate_select_and_scatter(const Op& op, std::span<const Literal> operands,
                                 std::span<Literal> results) {
  if (is_float(results[0].type().element)) {
    scatter_to_selected(op, operands[0].values(), operands[1].values(), results[0]);
  } else {
    scatter_to_selected(op, operands[0].integers(), operands[1].integers(), results[0]);
  }
}

/// One for every element of every window at so many positions.
int64_t count_in_windows(const Op& op, int64_t positions) {
  return positions * element_count(op.get<Integers>("window_dimensions"));
}
int64_t count_reduce_window_operations(const Op& op) {
  return count_in_windows(op, op.result()->type().count());
}
int64_t count_select_and_scatter_operations(const Op& op) {
  return count_in_windows(op, op.operand(1)->type().count());
}

std::vector<AttributeSpec> window_attributes(std::vector<AttributeSpec> more) {
  std::vector<AttributeSpec> attributes = {
      {"window_dimensions", Kind::integers, true, "the window's extents, per dimension"},
      {"window_strides", Kind::integers, true, "its steps, per dimension"},
      {"padding_low", Kind::integers, true,
       "elements before, which count for nothing, per dimension; negative ones crop"},
      {"padding_high", Kind::integers, true, "elements after"}};
  attributes.insert(attributes.end(), more.begin(), more.end());
  return attributes;
}

}  // namespace

void add_window_reduction_ops(std::vector<OpDefinition>& ops) {
  ops.push_back({"reduce_window",
                 "combines the elements of a window, at every position that it slides to",
                 OpClass::reduction,
                 1,
                 1,
                 1,
                 0,
                 window_attributes({{"base_dilations", Kind::integers, true,
                                     "distance of the operand's elements, per dimension, nothing "
                                     "between"},
                                    {"reducer", Kind::string, true, "add, maximum, minimum"}}),
                 infer_reduce_window,
                 evaluate_reduce_window,
                 {.has_window = true, .operation_count = count_reduce_window_operations}});
  ops.push_back(
      {"select_and_scatter",
       "zeros like the first operand; each element of the second is added where the "
       "window at its position has its first largest element",
       OpClass::scatter,
       2,
       2,
       1,
       0,
       window_attributes({{"direction", Kind::string, true, "GE; LE for the first smallest"}}),
       infer_select_and_scatter,
       evaluate_select_and_scatter,
       {.has_window = true, .operation_count = count_select_and_scatter_operations}});
}

}  // namespace kiln::ir
