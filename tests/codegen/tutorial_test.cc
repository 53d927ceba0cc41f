// The tutorial's training step: native code against the interpreter, every variable and output.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "frontend/keras/lower/lower.h"
#include "frontend/keras/model/built_in_models.h"
#include "ir/interpreter.h"
#include "passes/pass.h"
#include "tests/codegen/loaded_module.h"

namespace kiln::tests {
namespace {

ir::Module planned(int64_t batch) {
  auto module = keras::lower(*keras::example("mnist_mlp"), {.batch = batch});
  EXPECT_TRUE(passes::run_pipeline(*module));
  return std::move(*module);
}

ir::Literal random(ir::Type type, uint64_t seed, double low, double high) {
  std::mt19937_64 engine(seed);
  std::uniform_real_distribution<double> uniform(low, high);
  ir::Literal literal(std::move(type));
  for (int64_t i = 0; i < literal.type().count(); ++i) literal.set(i, uniform(engine));
  return literal;
}

std::map<std::string, ir::Literal> batch_inputs(int64_t batch, int64_t count, uint64_t seed) {
  return {{"x", random({ir::ElementType::f32, {batch, 784}}, seed, 0, 1)},
          {"y", random({ir::ElementType::i32, {batch}}, seed + 1, 0, 10)},
          {"count", ir::Literal::splat_int({ir::ElementType::i32, {}}, count)}};
}

double largest_difference(const ir::Literal& a, const ir::Literal& b) {
  double worst = 0;
  for (int64_t i = 0; i < a.type().count(); ++i)
    worst = std::max(worst, std::fabs(a.get(i) - b.get(i)));
  return worst;
}

class Tutorial : public ::testing::TestWithParam<int> {};

TEST_P(Tutorial, StepsAreTheInterpreters) {
  const ir::Module module = planned(32);
  LoadedModule loaded(module, GetParam());
  ir::Environment expected, actual;
  for (const ir::Variable& variable : module.variables)
    expected[variable.name] = ir::Literal(variable.type);
  ir::interpret(*module.function("init"), expected,
                {{"seed", ir::Literal::splat_int({ir::ElementType::i64, {}}, 3)}});
  actual = expected;
  for (uint64_t step = 0; step < 3; ++step) {
    const auto inputs = batch_inputs(32, step == 2 ? 17 : 32, step);
    const auto wanted = ir::interpret(*module.function("train_step"), expected, inputs);
    const auto got = loaded.run("train_step", actual, inputs);
    for (const auto& [name, literal] : wanted)
      EXPECT_LE(largest_difference(literal, got.at(name)), 2e-5) << name << ", step " << step;
    for (const auto& [name, literal] : expected)
      EXPECT_LE(largest_difference(literal, actual.at(name)), 2e-5) << name << ", step " << step;
    actual = expected;  // differences do not add up
  }
}

TEST_P(Tutorial, InitialWeightsAreTheInterpreters) {
  const ir::Module module = planned(32);
  LoadedModule loaded(module, GetParam());
  ir::Environment expected, actual;
  for (const ir::Variable& variable : module.variables)
    actual[variable.name] = random(variable.type, 1, 0, 1);
  expected = actual;
  const std::map<std::string, ir::Literal> inputs = {
      {"seed", ir::Literal::splat_int({ir::ElementType::i64, {}}, 3)}};
  ir::interpret(*module.function("init"), expected, inputs);
  loaded.run("init", actual, inputs);
  for (const auto& [name, literal] : expected)
    EXPECT_LE(largest_difference(literal, actual.at(name)), 1e-6) << name;
}

INSTANTIATE_TEST_SUITE_P(Threads, Tutorial, ::testing::Values(1, 2));

}  // namespace
}  // namespace kiln::tests
