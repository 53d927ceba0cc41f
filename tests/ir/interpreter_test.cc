#include "ir/interpreter.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "ir/builder.h"
#include "ir/ops/definition.h"
#include "ir/parser.h"
#include "ir/printer.h"
#include "tests/random_module.h"

namespace kiln::ir {
namespace {

Module parsed(std::string_view text) {
  auto module = parse_module(text);
  KILN_CHECK(static_cast<bool>(module), "{}", module.error().to_string());
  return std::move(*module);
}

Literal floats(std::vector<double> values) {
  const auto count = static_cast<int64_t>(values.size());
  return Literal::from_values({ElementType::f32, {count}}, values);
}

constexpr std::string_view kUpdate = R"(module @m {
  variable @w : tensor<2xf32> {role = "trainable"}
  variable @seen : tensor<f32> {role = "metric"}
  func @train_step(%0: tensor<2xf32> @w, %1: tensor<2xf32> "x") -> (tensor<2xf32> @w, tensor<2xf32> "before") {
    %2 = subtract %0, %1 : tensor<2xf32>
    return %2, %0
  }
})";

TEST(Interpreter, VariablesComeInAndGoOut) {
  const Module module = parsed(kUpdate);
  Environment variables = {{"w", floats({5, 7})}, {"seen", Literal({ElementType::f32, {}})}};
  const auto results = interpret(*module.functions[0], variables, {{"x", floats({1, 10})}});
  EXPECT_EQ(results.size(), 1u);
  EXPECT_EQ(results.at("before"), floats({5, 7}));
  EXPECT_EQ(variables.at("w"), floats({4, -3}));
  EXPECT_EQ(variables.at("seen").get(0), 0);
}

TEST(Interpreter, FusionIsItsRegion) {
  const Module module = parsed(R"(module @m {
  func @f(%0: tensor<2xf32> "x") -> (tensor<2xf32> "y", tensor<f32> "sum") {
    %1, %2 = fusion %0, %0 {kind = "reduction"} : tensor<2xf32>, tensor<f32> region(%3: tensor<2xf32>, %4: tensor<2xf32>) {
      %5 = multiply %3, %4 : tensor<2xf32>
      %6 = reduce %5 {dimensions = [0], reducer = "add"} : tensor<f32>
      return %5, %6
    }
    return %1, %2
  }
})");
  Environment variables;
  const auto results = interpret(*module.functions[0], variables, {{"x", floats({3, 4})}});
  EXPECT_EQ(results.at("y"), floats({9, 16}));
  EXPECT_EQ(results.at("sum").get(0), 25);
}

TEST(InterpreterDeathTest, GradientMustBeDifferentiatedFirst) {
  const Module module = parsed(R"(module @m {
  func @f(%0: tensor<f32> "x") -> (tensor<f32> "dx") {
    %1 = multiply %0, %0 : tensor<f32>
    %2 = gradient %1, %0 : tensor<f32> loc("model/loss")
    return %2
  }
})");
  Environment variables;
  EXPECT_DEATH(interpret(*module.functions[0], variables, {{"x", Literal({ElementType::f32, {}})}}),
               "differentiate first\n%2 = gradient %0, %1 : tensor<f32> loc\\(\"model/loss\"\\)");
}

TEST(InterpreterDeathTest, MissingAndMisshapenArguments) {
  const Module module = parsed(kUpdate);
  Environment variables;
  EXPECT_DEATH(interpret(*module.functions[0], variables, {}),
               "@train_step: no variable named w was given");
  variables["w"] = floats({1, 2, 3});
  EXPECT_DEATH(interpret(*module.functions[0], variables, {{"x", floats({1, 2})}}),
               "argument 0 is tensor<3xf32>, not tensor<2xf32>");
}

TEST(Interpreter, AStepOfAPerceptronTakesWellUnderASecond) {
  Function function;
  const Type weight_type{ElementType::f32, {784, 128}};
  Builder builder(function.body);
  const Tensor x =
      builder.wrap(function.add_argument({ElementType::f32, {32, 784}}, Binding::plain("x")));
  const Tensor w = builder.wrap(function.add_argument(weight_type, Binding::plain("w")));
  const Tensor y = maximum(dot(x, w), 0.0);
  const Tensor gradient = dot_general(x, y, {{}, {}, {0}, {0}});
  function.add_result((w - gradient * 0.01).value, Binding::plain("w"));
  Environment variables;
  const auto start = std::chrono::steady_clock::now();
  const auto results = interpret(function, variables,
                                 {{"x", tests::random_literal({ElementType::f32, {32, 784}}, 1)},
                                  {"w", tests::random_literal(weight_type, 2)}});
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(results.at("w").type(), weight_type);
  EXPECT_LT(seconds.count(), 5.0);  // 0.04 s optimised; sanitizers and busy machines included
}

TEST(RandomModule, SameSeedSameModule) {
  tests::RandomModuleOptions options;
  options.functions = 2;
  options.fusions = true;
  EXPECT_EQ(print(tests::random_module(5, options)), print(tests::random_module(5, options)));
  EXPECT_NE(print(tests::random_module(5, options)), print(tests::random_module(6, options)));
}

TEST(RandomModule, FloatsStayInRange) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    tests::RandomModuleOptions options;
    options.loss = seed % 2 == 0;
    options.fusions = seed % 3 == 0;
    const Module module = tests::random_module(seed, options);
    auto values = tests::random_values(module, *module.functions[0], seed);
    for (const auto& [name, result] :
         interpret(*module.functions[0], values.variables, values.inputs)) {
      if (!is_float(result.type().element)) continue;
      const double bound = name == "loss" ? 100 : 2.01;
      for (double x : result.values())
        ASSERT_LE(std::abs(x), bound) << name << ", seed " << seed << "\n" << print(module);
    }
  }
}

TEST(RandomModule, CoversEveryOp) {
  std::string all;
  tests::RandomModuleOptions options;
  options.fusions = true;
  for (uint64_t seed = 0; seed < 40; ++seed) all += print(tests::random_module(seed, options));
  for (const OpDefinition& op : op_definitions()) {
    if (op.name == "gradient") continue;  // stands only until differentiate has run
    EXPECT_NE(all.find(fmt::format("= {} ", op.name)), std::string::npos) << op.name;
  }
}

}  // namespace
}  // namespace kiln::ir
