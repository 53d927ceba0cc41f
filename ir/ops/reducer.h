// What reduce and reduce_window combine elements with.
#pragma once

#include <string_view>

#include "ir/literal.h"
#include "ir/ops/arithmetic.h"

namespace kiln::ir {

/// By the reducer's name. Number is double for floats, int64_t for integers.
template <typename Number>
Number combine(std::string_view reducer, Number a, Number b) {
  if (reducer == "add") return add(a, b);
  if (reducer == "multiply") return multiply(a, b);
  if (reducer == "and") return a != 0 && b != 0;
  if (reducer == "or") return a != 0 || b != 0;
  return reducer == "maximum" ? maximum(a, b) : minimum(a, b);
}

/// What leaves the other operand as it is: the result where nothing is reduced.
template <typename Number>
Number identity(std::string_view reducer, ElementType element) {
  if (reducer == "add" || reducer == "or") return 0;
  if (reducer == "multiply" || reducer == "and") return 1;
  const double infinity = reducer == "maximum" ? -HUGE_VAL : HUGE_VAL;
  if (is_float(element)) return static_cast<Number>(infinity);
  return static_cast<Number>(
      Literal::splat({element, {}}, infinity).get_int(0));  // the type's extreme
}

}  // namespace kiln::ir
