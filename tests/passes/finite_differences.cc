#include "tests/passes/finite_differences.h"

#include <cmath>

#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/differentiate.h"

namespace kiln::passes {
namespace {

std::vector<ir::Type> types_of(const std::vector<ir::Literal>& literals) {
  std::vector<ir::Type> types;
  for (const ir::Literal& literal : literals) types.push_back(literal.type());
  return types;
}

/// The scalar that is differentiated: weights make the adjoints of all elements differ.
ir::Tensor weighted_sum(ir::Builder& builder, ir::Tensor y, uint64_t seed) {
  std::mt19937_64 random(seed);
  return sum(y * builder.constant(random_literal(y.type(), -1, 1, random)));
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
  const ir::Module loss = module_of(types_of(arguments), [&](ir::Builder& builder, const auto& x) {
    return std::vector{weighted_sum(builder, formula(builder, x)[0], seed)};
  });
  ir::Module gradients = module_of(types_of(arguments), [&](ir::Builder& builder, const auto& x) {
    return gradient(weighted_sum(builder, formula(builder, x)[0], seed), x);
  });
  const Status status = differentiate(gradients);
  ASSERT_TRUE(status) << status.error().to_string();
  const Status valid = ir::verify(gradients);
  ASSERT_TRUE(valid) << valid.error().to_string() << "\n" << ir::print(gradients);

  const std::vector<ir::Literal> actual = evaluate(gradients, arguments);
  for (size_t which = 0; which < arguments.size(); ++which) {
    ASSERT_EQ(actual[which].type(), arguments[which].type());
    for (int64_t i = 0; i < arguments[which].type().count(); ++i) {
      const double expected = central_difference(loss, arguments, which, i);
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
