// Formulas in ops, evaluated, for tests of the frontend.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/builder.h"
#include "ir/interpreter.h"
#include "ir/module.h"
#include "tests/frontend/must.h"

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

}  // namespace kiln::keras
