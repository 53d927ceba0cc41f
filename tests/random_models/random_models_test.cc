// Random Keras models: their steps mean the same after every pass, and compiled to machine code.
//
//   bazel test //tests/random_models:random_models_test --test_env=KILN_SEEDS=1000:2000
//   bazel test //tests/random_models:random_models_test --test_env=KILN_COMPILED_SEEDS=1000:2000
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/lower/lower.h"
#include "ir/interpreter.h"
#include "passes/gradients/differentiate.h"
#include "passes/pass.h"
#include "tests/codegen/loaded_module.h"
#include "tests/random_models/random_model.h"

namespace kiln::tests {
namespace {

using Outputs = std::map<std::string, ir::Literal>;
using StepRunner = std::function<Outputs(const ir::Function&, ir::Environment&, const Outputs&)>;

/// Everything that a module computes: a full batch, a short one, and predictions.
struct Computed {
  Outputs full, with_short, predictions;
  ir::Environment variables;
};

Computed compute(const ir::Module& module, const RandomModel& model, ir::Environment variables,
                 const StepRunner& run) {
  const ir::Function& train = *module.function("train_step");
  const ir::Function& predict = *module.function("predict_step");
  Computed computed;
  computed.full = run(train, variables, random_batch(train, model.batch, 1));
  computed.with_short = run(train, variables, random_batch(train, model.short_count, 2));
  computed.predictions = run(predict, variables, random_batch(predict, model.batch, 3));
  computed.variables = std::move(variables);
  return computed;
}

bool close(double actual, double expected, double tolerance) {
  if (!std::isfinite(expected)) return !std::isfinite(actual);
  return std::abs(actual - expected) <= tolerance * std::max(1.0, std::abs(expected));
}

/// The first value that differs, or success.
testing::AssertionResult agree(const Outputs& actual, const Outputs& expected, double tolerance) {
  for (const auto& [name, literal] : expected) {
    const ir::Literal& other = actual.at(name);
    for (int64_t i = 0; i < literal.type().count(); ++i) {
      if (close(other.get(i), literal.get(i), tolerance)) continue;
      return testing::AssertionFailure()
             << name << "[" << i << "] is " << other.get(i) << ", expected " << literal.get(i);
    }
  }
  return testing::AssertionSuccess();
}

/// Beyond a loss that is not finite there is nothing to agree on: compiled code, unlike the
/// interpreter, may take 0 * x for 0 whatever x is.
bool has_diverged(const Outputs& outputs) {
  return !std::isfinite(outputs.at("batch_loss").get(0));
}

/// Nor beyond gradients like these: of the direction, say, of a vector that is zero but for
/// rounding.
bool has_exploded(const ir::Environment& variables) {
  constexpr double kLargest = 1e6;
  return std::any_of(variables.begin(), variables.end(), [](const auto& variable) {
    const ir::Literal& literal = variable.second;
    if (!ir::is_float(literal.type().element)) return false;
    for (int64_t i = 0; i < literal.type().count(); ++i) {
      if (std::abs(literal.get(i)) > kLargest) return true;
    }
    return false;
  });
}

testing::AssertionResult agree(const Computed& actual, const Computed& expected, double tolerance) {
  if (auto full = agree(actual.full, expected.full, tolerance); !full)
    return full << " (full batch)";
  if (has_diverged(expected.full)) return testing::AssertionSuccess();
  if (auto shorter = agree(actual.with_short, expected.with_short, tolerance); !shorter)
    return shorter << " (short batch)";
  if (has_diverged(expected.with_short) || has_exploded(expected.variables))
    return testing::AssertionSuccess();
  if (auto variables = agree(actual.variables, expected.variables, tolerance); !variables)
    return variables << " (variable after two steps)";
  return agree(actual.predictions, expected.predictions, tolerance) << " (prediction)";
}

/// A random model with what its steps compute before any pass but `differentiate`.
class RandomModels : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    const auto json = to_json(model_.model);
    description_ = fmt::format("seed {}, batch {}: {}", GetParam(), model_.batch,
                               json ? *json : json.error().to_string());
    auto module = keras::lower(model_.model, {.batch = model_.batch});
    ASSERT_TRUE(module) << module.error().to_string() << "\n" << description_;
    module_ = std::move(*module);
    ir::interpret(*module_.function("init"), variables_,
                  {{"seed", ir::Literal::splat_int({ir::ElementType::i64, {}}, GetParam())}});
    ir::Module plain = ir::clone(module_);
    ASSERT_TRUE(passes::differentiate(plain));
    expected_ = compute(plain, model_, variables_, interpret);
  }

  void expect_same(const ir::Module& module, const StepRunner& run, double tolerance,
                   std::string_view when) const {
    EXPECT_TRUE(agree(compute(module, model_, variables_, run), expected_, tolerance))
        << when << "\n"
        << description_;
  }

  static Outputs interpret(const ir::Function& function, ir::Environment& variables,
                           const Outputs& inputs) {
    return ir::interpret(function, variables, inputs);
  }

  const RandomModel model_ = random_model(static_cast<uint64_t>(GetParam()));
  std::string description_;
  ir::Module module_;
  ir::Environment variables_;
  Computed expected_;
};

/// Passes round in another order, but on f32.
using AfterPasses = RandomModels;
TEST_P(AfterPasses, StepsMeanTheSame) {
  constexpr double kTolerance = 2e-4;
  const Status status =
      passes::run_pipeline(module_, [&](const passes::Pass& pass, const ir::Module& module) {
        expect_same(module, interpret, kTolerance, fmt::format("after {}", pass.name));
      });
  ASSERT_TRUE(status) << status.error().to_string() << "\n" << description_;
}

/// Kernels also sum in another order.
class Compiled : public RandomModels {
 protected:
  void expect_same_compiled(std::string_view when) const {
    constexpr double kTolerance = 2e-3;
    LoadedModule loaded(module_, /*threads=*/1 + GetParam() % 3);
    auto run = [&](const ir::Function& function, ir::Environment& variables,
                   const Outputs& inputs) { return loaded.run(function.name, variables, inputs); };
    expect_same(module_, run, kTolerance, when);
  }
};
TEST_P(Compiled, StepsMeanTheSame) {
  ASSERT_TRUE(passes::run_pipeline(module_)) << description_;
  expect_same_compiled("compiled");
}

/// Kernels of what the passes that only optimise would have changed.
using CompiledUnoptimized = Compiled;
TEST_P(CompiledUnoptimized, StepsMeanTheSame) {
  for (const passes::Pass& pass : passes::pipeline()) {
    if (pass.name == "simplify" || pass.name == "hoist") continue;
    ASSERT_TRUE(pass.run(module_)) << pass.name << "\n" << description_;
  }
  expect_same_compiled("compiled without simplify and hoist");
}

/// BEGIN:END of the environment variable; otherwise [0, count).
auto seeds(const char* variable, int count) {
  int begin = 0, end = count;
  if (const char* range = std::getenv(variable)) std::sscanf(range, "%d:%d", &begin, &end);
  return testing::Range(begin, end);
}

INSTANTIATE_TEST_SUITE_P(Seeds, AfterPasses, seeds("KILN_SEEDS", 500));
INSTANTIATE_TEST_SUITE_P(Seeds, Compiled, seeds("KILN_COMPILED_SEEDS", 500));
INSTANTIATE_TEST_SUITE_P(Seeds, CompiledUnoptimized, seeds("KILN_COMPILED_SEEDS", 500));

}  // namespace
}  // namespace kiln::tests
