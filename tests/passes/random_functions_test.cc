// Passes on random functions: the interpreter gives the same before and after, gradients are what
// finite differences say.
#include <cmath>

#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/gradients/differentiate.h"
#include "passes/simplification/simplify.h"
#include "tests/passes/evaluation.h"
#include "tests/random_module.h"

namespace kiln::passes {
namespace {

using ir::ElementType;
using ir::Literal;
using Outputs = std::map<std::string, Literal>;

constexpr uint64_t kSeeds = 200;

void expect_valid(const ir::Module& module, uint64_t seed) {
  const Status valid = ir::verify(module);
  ASSERT_TRUE(valid) << valid.error().to_string() << ", seed " << seed << "\n" << ir::print(module);
}

/// Outputs, and the variables after the call under "@name".
Outputs run(const ir::Function& function, tests::RandomValues values) {
  Outputs outputs = ir::interpret(function, values.variables, values.inputs);
  for (auto& [name, literal] : values.variables) outputs["@" + name] = literal;
  return outputs;
}

void expect_same(const Outputs& before, const Outputs& after, uint64_t seed) {
  ASSERT_EQ(before.size(), after.size());
  for (const auto& [name, expected] : before) {
    ASSERT_TRUE(after.contains(name)) << name << ", seed " << seed;
    ASSERT_TRUE(same_bits(expected, after.at(name))) << name << ", seed " << seed;
  }
}

TEST(RandomFunctions, SimplifyKeepsEveryBit) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    tests::RandomModuleOptions options;
    options.fusions = seed % 2 == 1;
    options.functions = 2;
    const ir::Module original = tests::random_module(seed, options);
    ir::Module module = clone(original);
    ASSERT_TRUE(simplify(module));
    expect_valid(module, seed);
    for (const auto& function : original.functions) {
      const tests::RandomValues values = tests::random_values(original, *function, seed);
      expect_same(run(*function, values), run(*module.function(function->name), values), seed);
    }
    if (HasFatalFailure()) return;
  }
}

TEST(RandomFunctions, SimplifyOnceIsEnough) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    tests::RandomModuleOptions options;
    options.fusions = seed % 2 == 1;
    ir::Module module = tests::random_module(seed, options);
    ASSERT_TRUE(simplify(module));
    const std::string once = ir::print(module);
    ASSERT_TRUE(simplify(module));
    ASSERT_EQ(once, ir::print(module)) << "seed " << seed;
  }
}

/// Adds to "f0" a gradient op of its loss with respect to all its f64 arguments.
std::vector<size_t> add_gradients(ir::Function& function) {
  ir::Builder builder(function.body, "loss");
  ir::Tensor loss;
  for (size_t i = 0; i < function.result_bindings.size(); ++i) {
    if (function.result_bindings[i].name == "loss") loss = builder.wrap(function.body.results()[i]);
  }
  std::vector<size_t> which;
  std::vector<ir::Tensor> arguments;
  for (size_t i = 0; i < function.body.argument_count(); ++i) {
    if (!is_float(function.body.argument(i)->type().element)) continue;
    which.push_back(i);
    arguments.push_back(builder.wrap(function.body.argument(i)));
  }
  const std::vector<ir::Tensor> gradients = gradient(loss, arguments);
  for (size_t i = 0; i < gradients.size(); ++i) {
    function.add_result(gradients[i].value, ir::Binding::plain(fmt::format("gradient{}", i)));
  }
  return which;
}

Literal& value_of(const ir::Function& function, size_t argument, tests::RandomValues& values) {
  const ir::Binding& binding = function.argument_bindings[argument];
  return binding.is_variable ? values.variables.at(binding.name) : values.inputs.at(binding.name);
}

double central_difference(const ir::Function& function, tests::RandomValues values, size_t argument,
                          int64_t element) {
  const double x = value_of(function, argument, values).get(element);
  constexpr double kStep = 1e-5;
  auto loss_at = [&](double moved) {
    tests::RandomValues copy = values;
    value_of(function, argument, copy).set(element, moved);
    return ir::interpret(function, copy.variables, copy.inputs).at("loss").get(0);
  };
  return (loss_at(x + kStep) - loss_at(x - kStep)) / (2 * kStep);
}

TEST(RandomFunctions, GradientsAreFiniteDifferences) {
  int checked = 0;
  for (uint64_t seed = 0; seed < kSeeds / 2; ++seed) {
    tests::RandomModuleOptions options;
    options.roughest = tests::Smoothness::smooth;
    options.loss = true;
    options.ops = 15;
    options.floats = {ElementType::f64};
    const ir::Module original = tests::random_module(seed, options);
    const ir::Function& forward = *original.functions[0];
    ir::Module module = clone(original);
    const std::vector<size_t> which = add_gradients(*module.functions[0]);
    const Status status = differentiate(module);
    ASSERT_TRUE(status) << status.error().to_string();
    expect_valid(module, seed);
    tests::RandomValues values = tests::random_values(original, forward, seed);
    const Outputs actual = run(*module.functions[0], values);

    ir::Module simplified = clone(module);
    ASSERT_TRUE(simplify(simplified));
    expect_valid(simplified, seed);
    expect_same(actual, run(*simplified.functions[0], values), seed);

    for (size_t i = 0; i < which.size(); ++i) {
      const Literal& gradient = actual.at(fmt::format("gradient{}", i));
      // A few elements of each: every one costs two runs of the function.
      const int64_t step = std::max<int64_t>(1, gradient.type().count() / 5);
      for (int64_t element = 0; element < gradient.type().count(); element += step, ++checked) {
        const double expected = central_difference(forward, values, which[i], element);
        ASSERT_LE(std::fabs(gradient.get(element) - expected),
                  1e-5 * std::max(1.0, std::fabs(expected)))
            << "argument " << which[i] << ", element " << element << ": expected " << expected
            << ", got " << gradient.get(element) << ", seed " << seed << "\n"
            << ir::print(original);
      }
    }
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(checked, 100);
}

}  // namespace
}  // namespace kiln::passes
