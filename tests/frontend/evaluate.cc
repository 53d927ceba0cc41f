#include "tests/frontend/evaluate.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ir/verifier.h"
#include "passes/gradients/differentiate.h"
#include "tests/evaluator.h"

namespace kiln::keras {

ir::Literal floats(ir::Shape shape, const std::vector<double>& values) {
  return ir::Literal::from_values({ir::ElementType::f32, std::move(shape)}, values);
}

ir::Literal ints(ir::Shape shape, const std::vector<double>& values) {
  return ir::Literal::from_values({ir::ElementType::i32, std::move(shape)}, values);
}

std::vector<ir::Literal> evaluate(const std::vector<ir::Literal>& arguments,
                                  const Formula& formula) {
  ir::Module module;
  ir::Function& function = module.add_function("main");
  ir::Builder builder(function.body);
  std::vector<ir::Tensor> tensors;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const ir::Binding binding = ir::Binding::plain("x" + std::to_string(i));
    tensors.push_back(builder.wrap(function.add_argument(arguments[i].type(), binding)));
  }
  size_t count = 0;
  for (ir::Tensor result : formula(tensors)) {
    function.add_result(result.value, ir::Binding::plain("y" + std::to_string(count++)));
  }
  must(passes::differentiate(module));
  must(ir::verify(module));
  return tests::evaluator(std::move(module), arguments);
}

::testing::AssertionResult near(const ir::Literal& actual, const std::vector<double>& expected,
                                double tolerance) {
  if (actual.type().count() != static_cast<int64_t>(expected.size())) {
    return ::testing::AssertionFailure()
           << actual.type().to_string() << " for " << expected.size() << " values";
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    const double value = actual.get(static_cast<int64_t>(i));
    const double allowed = tolerance * std::max(1.0, std::fabs(expected[i]));
    if (std::fabs(value - expected[i]) <= allowed) continue;
    return ::testing::AssertionFailure()
           << "element " << i << " is " << value << ", expected " << expected[i];
  }
  return ::testing::AssertionSuccess();
}

}  // namespace kiln::keras
