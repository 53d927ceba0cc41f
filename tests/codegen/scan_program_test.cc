// Loops, compiled and run, against what they mean before any pass.
#include <gtest/gtest.h>

#include "ir/printer.h"
#include "passes/gradients/differentiate.h"
#include "passes/pass.h"
#include "tests/codegen/loaded_module.h"
#include "tests/passes/recurrent.h"

namespace kiln::tests {
namespace {

using passes::Recurrence;

void expect_same_when_compiled(const Recurrence& recurrence, int threads) {
  const std::vector<ir::Type> types = recurrence.types(ir::ElementType::f32);
  ir::Module before = passes::module_of(types, recurrence.formula);
  ASSERT_TRUE(passes::differentiate(before));
  ir::Module after = ir::clone(before);
  const Status planned = passes::run_pipeline(after);
  ASSERT_TRUE(planned) << planned.error().to_string();
  std::mt19937_64 random(11);
  std::map<std::string, ir::Literal> inputs;
  for (size_t i = 0; i < types.size(); ++i)
    inputs[fmt::format("x{}", i)] = passes::random_literal(types[i], -0.5, 0.5, random);
  ir::Environment none;
  const auto expected = ir::interpret(*before.functions[0], none, inputs);
  const auto actual = LoadedModule(after, threads).run("main", none, inputs);
  for (const auto& [name, literal] : expected) {
    for (int64_t i = 0; i < literal.type().count(); ++i) {
      const double value = literal.get(i);
      ASSERT_NEAR(value, actual.at(name).get(i), 2e-5 * std::max(1.0, std::abs(value)))
          << name << "[" << i << "]";
    }
  }
}

TEST(ScanProgram, Lstm) { expect_same_when_compiled(passes::lstm(5, 4, 3, 8), 1); }
TEST(ScanProgram, LstmWithGradients) {
  expect_same_when_compiled(passes::with_gradients(passes::lstm(6, 16, 8, 16)), 2);
}
/// Slices of 2 * 3 floats do not start at aligned addresses.
TEST(ScanProgram, LstmOfUnalignedSlices) {
  expect_same_when_compiled(passes::with_gradients(passes::lstm(5, 2, 5, 3)), 1);
}
/// Large enough for kernels of several tasks in the loop.
TEST(ScanProgram, LstmInSeveralTasks) {
  expect_same_when_compiled(passes::with_gradients(passes::lstm(4, 32, 16, 64)), 2);
}
TEST(ScanProgram, SimpleRnnBackwards) {
  expect_same_when_compiled(passes::with_gradients(passes::simple_rnn(true, true)), 2);
}

}  // namespace
}  // namespace kiln::tests
