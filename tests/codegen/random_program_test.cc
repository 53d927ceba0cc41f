// Random modules through all passes, compiled and run, against what they mean before any pass.
#include <gtest/gtest.h>

#include <cmath>

#include "ir/printer.h"
#include "passes/pass.h"
#include "tests/codegen/loaded_module.h"
#include "tests/random_module.h"

namespace kiln::tests {
namespace {

/// Kernels sum floats in another order than the interpreter.
bool close(double actual, double expected) {
  if (std::isnan(expected)) return std::isnan(actual);
  return actual == expected || std::abs(actual - expected) <= 1e-3 + 1e-3 * std::abs(expected);
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

class RandomProgram : public testing::TestWithParam<int> {};

TEST_P(RandomProgram, MeansTheSame) {
  const auto seed = static_cast<uint64_t>(GetParam());
  RandomModuleOptions options;
  options.ops = 40;
  options.functions = 2;
  options.roughest = Smoothness::kinks;
  options.floats = {ir::ElementType::f32};
  options.loss = true;  // depends on most of what is computed: agreement then says something
  ir::Module module = random_module(seed, options);
  SCOPED_TRACE(ir::print(module));
  const ir::Module original = ir::clone(module);
  const Status planned = passes::run_pipeline(module);
  ASSERT_TRUE(planned) << planned.error().to_string();
  LoadedModule loaded(module, /*threads=*/1 + GetParam() % 3);
  for (const auto& function : original.functions) {
    auto [expected, inputs] = random_values(original, *function, seed);
    ir::Environment actual = expected;
    const auto expected_outputs = ir::interpret(*function, expected, inputs);
    const auto actual_outputs = loaded.run(function->name, actual, inputs);
    for (const auto& [name, literal] : expected_outputs)
      expect_close(actual_outputs.at(name), literal, function->name + " " + name);
    for (const auto& [name, literal] : expected)
      expect_close(actual.at(name), literal, function->name + " @" + name);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomProgram, testing::Range(0, 12));

}  // namespace
}  // namespace kiln::tests
