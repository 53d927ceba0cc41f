// Modules through all passes, compiled and run, against what they mean before any pass.
#include <gtest/gtest.h>

#include <cmath>

#include "ir/parser.h"
#include "ir/printer.h"
#include "passes/pass.h"
#include "tests/codegen/loaded_module.h"
#include "tests/random_module.h"

namespace kiln::tests {
namespace {

/// Kernels sum floats in another order than the interpreter.
bool close(double actual, double expected) {
  if (std::isnan(expected)) return std::isnan(actual);
  if (std::isinf(expected)) return actual == expected;
  return std::abs(actual - expected) <= 1e-3 + 1e-3 * std::abs(expected);
}

void expect_close(const ir::Literal& actual, const ir::Literal& expected, const std::string& what) {
  ASSERT_EQ(actual.type(), expected.type()) << what;
  for (int64_t i = 0; i < expected.type().count(); ++i) {
    const bool same = ir::is_float(expected.type().element)
                          ? close(actual.get(i), expected.get(i))
                          : actual.get_int(i) == expected.get_int(i);
    ASSERT_TRUE(same) << what << "[" << i << "] is " << actual.get(i) << ", expected "
                      << expected.get(i);
  }
}

enum class Values { ordinary, special };

void expect_same_meaning(ir::Module module, uint64_t seed, int threads,
                         Values kind = Values::ordinary) {
  SCOPED_TRACE(ir::print(module));
  const ir::Module original = ir::clone(module);
  const Status planned = passes::run_pipeline(module);
  ASSERT_TRUE(planned) << planned.error().to_string();
  LoadedModule loaded(module, threads);
  for (const auto& function : original.functions) {
    RandomValues values = random_values(original, *function, seed);
    if (kind == Values::special) add_special_values(values, seed);
    auto& [expected, inputs] = values;
    ir::Environment actual = expected;
    const auto expected_outputs = ir::interpret(*function, expected, inputs);
    const auto actual_outputs = loaded.run(function->name, actual, inputs);
    for (const auto& [name, literal] : expected_outputs)
      expect_close(actual_outputs.at(name), literal, function->name + " " + name);
    for (const auto& [name, literal] : expected)
      expect_close(actual.at(name), literal, function->name + " @" + name);
  }
}

class RandomProgram : public testing::TestWithParam<int> {};

TEST_P(RandomProgram, MeansTheSame) {
  const auto seed = static_cast<uint64_t>(GetParam());
  RandomModuleOptions options;
  options.ops = 40;
  options.functions = 2;
  options.roughest = Smoothness::kinks;
  options.floats = {ir::ElementType::f32};
  options.loss = true;  // depends on most of what is computed: agreement then says something
  expect_same_meaning(random_module(seed, options), seed, 1 + GetParam() % 3);
}

/// No loss: it would be NaN, whatever the rest is.
TEST_P(RandomProgram, MeansTheSameOfSpecialValues) {
  const auto seed = static_cast<uint64_t>(GetParam());
  RandomModuleOptions options;
  options.ops = 30;
  options.functions = 2;
  options.roughest = Smoothness::kinks;
  options.floats = {ir::ElementType::f32};
  expect_same_meaning(random_module(seed + 100, options), seed, 1 + GetParam() % 3,
                      Values::special);
}

/// Products without sums, or without columns, are large and no contraction kernel's.
TEST(LargeProducts, OfOtherShapesThanMatricesHaveAKernel) {
  auto module = ir::parse_module(R"(module @products {
    func @f(%0: tensor<512xf32> "a", %1: tensor<512xf32> "b", %2: tensor<512x512xf32> "m")
        -> (tensor<512x512xf32> "outer", tensor<512xf32> "row") {
      %3 = dot_general %0, %1 {lhs_batching = [], lhs_contracting = [], rhs_batching = [], rhs_contracting = []} : tensor<512x512xf32>
      %4 = dot_general %2, %1 {lhs_batching = [], lhs_contracting = [1], rhs_batching = [], rhs_contracting = [0]} : tensor<512xf32>
      return %3, %4
    }
  })");
  ASSERT_TRUE(module) << module.error().to_string();
  for (int threads : {1, 3}) expect_same_meaning(ir::clone(*module), 1, threads);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomProgram, testing::Range(0, 12));

}  // namespace
}  // namespace kiln::tests
