// Formulas in ops, evaluated, for tests of the frontend.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/builder.h"
#include "ir/interpreter.h"
#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// f32 and i32 contents.
ir::Literal floats(ir::Shape shape, const std::vector<double>& values);
ir::Literal ints(ir::Shape shape, const std::vector<double>& values);

using Formula = std::function<std::vector<ir::Tensor>(const std::vector<ir::Tensor>& arguments)>;

/// The formula's results for those arguments, by tests::evaluator; its `gradient` ops are expanded
/// first.
std::vector<ir::Literal> evaluate(const std::vector<ir::Literal>& arguments,
                                  const Formula& formula);

/// Equal within `tolerance`, relative to the expected value or to 1 where that is smaller.
::testing::AssertionResult near(const ir::Literal& actual, const std::vector<double>& expected,
                                double tolerance = 2e-6);

/// The value, or a failed test and the default.
template <typename T>
T must(Expected<T> expected) {
  if (expected) return std::move(*expected);
  ADD_FAILURE() << expected.error().to_string();
  std::abort();
}

/// The error's text; a failed test where there is none.
template <typename T>
std::string error_of(const Expected<T>& expected) {
  if (!expected) return expected.error().to_string();
  ADD_FAILURE() << "no error";
  return "";
}

}  // namespace kiln::keras
