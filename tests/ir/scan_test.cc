#include "ir/scan.h"

#include <gtest/gtest.h>

#include "ir/interpreter.h"
#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"

namespace kiln::ir {
namespace {

/// y[t] = y[t-1] * w + x[t], and the last y.
constexpr std::string_view kRecurrence = R"(module @m {
  func @f(%0: tensor<f32> "start", %1: tensor<3xf32> "x", %2: tensor<f32> "w") -> (tensor<f32> "last", tensor<3xf32> "y") {
    %3, %4 = scan %0, %1, %2 {carries = 1, REVERSEstacked = 1, trip_count = 3} : tensor<f32>, tensor<3xf32> region(%5: tensor<f32>, %6: tensor<f32>, %7: tensor<f32>) {
      %8 = multiply %5, %7 : tensor<f32>
      %9 = add %8, %6 : tensor<f32>
      return %9, %9
    }
    return %3, %4
  }
}
)";

std::string recurrence(std::string reverse) {
  std::string text(kRecurrence);
  text.replace(text.find("REVERSE"), 7, reverse);
  return text;
}

Literal floats(std::vector<double> values, Shape shape) {
  return Literal::from_values({ElementType::f32, std::move(shape)}, values);
}

std::map<std::string, Literal> run(const std::string& text) {
  auto module = parse_module(text);
  KILN_CHECK(static_cast<bool>(module), "{}", module.error().to_string());
  Environment variables;
  return interpret(
      *module->functions[0], variables,
      {{"start", floats({1}, {})}, {"x", floats({1, 2, 3}, {3})}, {"w", floats({10}, {})}});
}

TEST(Scan, HandsItsCarriesOn) {
  const auto results = run(recurrence(""));
  EXPECT_EQ(results.at("y"), floats({11, 112, 1123}, {3}));
  EXPECT_EQ(results.at("last"), floats({1123}, {}));
}

TEST(Scan, InReverseFillsItsOutputsFromTheEnd) {
  const auto results = run(recurrence("reverse = true, "));
  EXPECT_EQ(results.at("y"), floats({1321, 132, 13}, {3}));
  EXPECT_EQ(results.at("last"), floats({1321}, {}));
}

TEST(Scan, RoundTripsThroughText) {
  for (const char* reverse : {"", "reverse = true, "}) {
    auto module = parse_module(recurrence(reverse));
    ASSERT_TRUE(module) << module.error().to_string();
    EXPECT_EQ(print(*module), recurrence(reverse));
  }
}

TEST(Scan, IsBuiltFromOneStep) {
  Module module;
  Function& function = module.add_function("f");
  Builder builder(function.body);
  const Tensor start =
      builder.wrap(function.add_argument({ElementType::f32, {}}, Binding::plain("start")));
  const Tensor x =
      builder.wrap(function.add_argument({ElementType::f32, {3}}, Binding::plain("x")));
  const Tensor w = builder.wrap(function.add_argument({ElementType::f32, {}}, Binding::plain("w")));
  const ScanResults results =
      scan(builder, {{start}, {x}, {w}}, 3, false, [](Builder&, const ScanInputs& step) {
        const Tensor y = step.carries[0] * step.invariants[0] + step.stacked[0];
        return ScanResults{{y}, {y}};
      });
  function.add_result(results.carries[0].value, Binding::plain("last"));
  function.add_result(results.outputs[0].value, Binding::plain("y"));
  module.name = "m";
  EXPECT_TRUE(verify(module));
  EXPECT_EQ(print(module), recurrence(""));
}

std::string error_of(std::string_view from, std::string_view to) {
  std::string text = recurrence("");
  const size_t at = text.find(from);
  KILN_CHECK(at != std::string::npos, "{} is not in the text", from);
  text.replace(at, from.size(), to);
  auto module = parse_module(text);
  return module ? "" : module.error().message;
}

TEST(Scan, SaysWhatDoesNotFit) {
  EXPECT_EQ(error_of("trip_count = 3", "trip_count = 0"),
            "scan: trip_count must be positive, not 0");
  EXPECT_EQ(error_of("carries = 1", "carries = 3"),
            "scan: 3 carries and 1 stacked among 3 operands");
  EXPECT_EQ(
      error_of("trip_count = 3", "trip_count = 4"),
      "scan: stacked operand 1 is tensor<3xf32>: its leading dimension must be 4, the trip count");
  EXPECT_EQ(error_of("%0, %1, %2 {", "%0, %1 {"), "scan: 2 operands for a region of 3 arguments");
  EXPECT_EQ(error_of("%6: tensor<f32>", "%6: tensor<2xf32>"),
            "add: operands must have one type, not tensor<f32> and tensor<2xf32>");
  EXPECT_EQ(error_of("return %9, %9", "return"), "scan: its region returns 0 values for 1 carries");
}

}  // namespace
}  // namespace kiln::ir
