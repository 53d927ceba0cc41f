#include "tests/passes/finite_differences.h"

#include <cmath>

#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/gradients/differentiate.h"
#include "tests/evaluator.h"

namespace kiln::passes {
namespace {

using Tensors = std::vector<ir::Tensor>;

Tensors without_last(const Tensors& x) { return {x.begin(), x.end() - 1}; }

std::vector<ir::Type> types_of(const std::vector<ir::Literal>& literals) {
  std::vector<ir::Type> types;
  for (const ir::Literal& literal : literals) types.push_back(literal.type());
  return types;
}

double central_difference(const ir::Module& loss, std::vector<ir::Literal> arguments, size_t which,
                          int64_t element) {
  const double x = arguments[which].get(element);
  const double step = 1e-5 * std::max(1.0, std::fabs(x));
  auto at = [&](double value) {
    std::vector<ir::Literal> moved = arguments;
    moved[which].set(element, value);
    return evaluate(loss, moved)[0].get(0);
  };
  return (at(x + step) - at(x - step)) / (2 * step);
}

}  // namespace

void expect_gradients(const Formula& formula, const std::vector<ir::Literal>& arguments,
                      uint64_t seed, double tolerance) {
  std::vector<ir::Type> types = types_of(arguments);
  types.push_back(module_of(types, formula).function("main")->body.results()[0]->type());
  // The weights, which make the adjoints of all elements differ, are the last argument: the
  // functions of all seeds are one, and compile once.
  std::mt19937_64 random(seed);
  std::vector<ir::Literal> values = arguments;
  values.push_back(random_literal(types.back(), -1, 1, random));

  const auto weighted_sum = [&](ir::Builder& builder, const Tensors& x) {
    return sum(formula(builder, without_last(x))[0] * x.back());
  };
  const ir::Module loss = module_of(types, [&](ir::Builder& builder, const Tensors& x) {
    return Tensors{weighted_sum(builder, x)};
  });
  ir::Module gradients = module_of(types, [&](ir::Builder& builder, const Tensors& x) {
    return gradient(weighted_sum(builder, x), without_last(x));
  });
  const Status status = differentiate(gradients);
  ASSERT_TRUE(status) << status.error().to_string();
  const Status valid = ir::verify(gradients);
  ASSERT_TRUE(valid) << valid.error().to_string() << "\n" << ir::print(gradients);

  const std::vector<ir::Literal> actual = tests::evaluator(ir::clone(gradients), values);
  for (size_t which = 0; which < arguments.size(); ++which) {
    ASSERT_EQ(actual[which].type(), arguments[which].type());
    for (int64_t i = 0; i < arguments[which].type().count(); ++i) {
      const double expected = central_difference(loss, values, which, i);
      const double difference = std::fabs(actual[which].get(i) - expected);
      ASSERT_LE(difference, tolerance * std::max(1.0, std::fabs(expected)))
          << "argument " << which << ", element " << i << " of "
          << arguments[which].type().to_string() << ": expected " << expected << ", got "
          << actual[which].get(i) << ", seed " << seed << "\n"
          << ir::print(gradients);
    }
  }
}

}  // namespace kiln::passes
