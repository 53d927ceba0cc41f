// NaN, infinities and zeros of both signs through fused kernels, against the interpreter.
// Halide and LLVM may assume none of them unless they are told otherwise: every function is tried
// on loaded values, behind each kind of sum, and where algebra of real numbers would cancel it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "ir/ops/definition.h"
#include "tests/codegen/fusion_case.h"

namespace kiln::tests {
namespace {

using ir::Builder;
using ir::ElementType;
using ir::Literal;
using ir::Tensor;
using ir::Type;
using Tensors = std::vector<Tensor>;
using Body = std::function<Tensors(Builder&, const Tensors&)>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::array kSpecials = {kNaN, kInfinity, -kInfinity, 0.0, -0.0};

Type f32(ir::Shape shape) { return {ElementType::f32, std::move(shape)}; }

/// Small numbers, and a special one at the start of each of the first rows.
Literal with_specials(const Type& type, uint64_t seed) {
  Literal literal = random_literal(type, seed, -0.4, 0.4);
  const int64_t columns = type.shape.back();
  for (int64_t row = 0; row < std::ssize(kSpecials); ++row) {
    if (row * columns < type.count())
      literal.set(row * columns, kSpecials[static_cast<size_t>(row)]);
  }
  return literal;
}

/// Every elementwise function of one float, by name.
std::vector<std::string> functions_of_one() {
  std::vector<std::string> names;
  for (const ir::OpDefinition& op : ir::op_definitions()) {
    if (op.op_class != ir::OpClass::elementwise || op.max_operands != 1) continue;
    if (op.name != "not" && op.name != "convert") names.emplace_back(op.name);
  }
  return names;
}

/// f of x as f32: what is true is 1.
Tensor apply(const std::string& f, Tensor x) {
  Builder& builder = *x.builder;
  return ir::convert(builder.wrap(builder.create(f, {x.value})->result()), ElementType::f32);
}

FusionCase fusion_case(std::string name, std::string kind, std::vector<Literal> inputs, Body body) {
  return {std::move(name), std::move(kind), std::move(inputs), std::move(body), 2e-4, 2e-5};
}

/// A kind of fusion: its inputs, and the value in it that is a function's operand.
struct Setting {
  std::string name;
  std::string kind;
  std::vector<Literal> inputs;
  std::function<Tensor(Builder&, const Tensors&)> operand;
};

std::vector<Setting> settings() {
  const Literal positive = random_literal(f32({9, 37}), 3, 0.1, 0.9);
  auto loaded = [](Builder&, const Tensors& x) { return x[0]; };
  auto of_product = [](Builder&, const Tensors& x) { return ir::dot(x[0], x[1]); };
  auto of_biased = [](Builder&, const Tensors& x) {
    return ir::dot(x[0], x[1]) + ir::broadcast_in_dim(x[2], {17, 37}, {1});
  };
  auto of_sum = [](Builder&, const Tensors& x) { return ir::reduce(x[0], "add", {1}); };
  auto of_extreme = [](Builder&, const Tensors& x) { return ir::reduce(x[0], "maximum", {1}); };
  auto of_squares = [](Builder&, const Tensors& x) {
    return ir::reduce(ir::square(x[0]), "add", {1});
  };
  const Literal rows = with_specials(f32({17, 9}), 1);
  return {{"loaded", "pointwise", {with_specials(f32({17, 37}), 1)}, loaded},
          {"product", "contraction", {rows, positive}, of_product},
          {"biased", "contraction", {rows, positive, random_literal(f32({37}), 5)}, of_biased},
          {"serial_product", "serial", {rows, positive}, of_product},
          {"sum", "reduction", {rows}, of_sum},
          {"serial_sum", "serial", {rows}, of_sum},
          {"extreme", "serial", {rows}, of_extreme},
          {"squares", "reduction", {rows}, of_squares}};
}

std::vector<FusionCase> cases_of(const std::string& what,
                                 const std::function<Tensor(const std::string&, Tensor)>& chain) {
  std::vector<FusionCase> cases;
  for (const Setting& setting : settings()) {
    const auto body = [=](Builder& builder, const Tensors& x) {
      const Tensor operand = setting.operand(builder, x);
      Tensors results;
      for (const std::string& f : functions_of_one()) results.push_back(chain(f, operand));
      return results;
    };
    cases.push_back(fusion_case(what + "_" + setting.name, setting.kind, setting.inputs, body));
  }
  return cases;
}

TEST(SpecialValues, PassThroughEveryFunction) { expect_kernels_agree(cases_of("f", apply)); }

TEST(SpecialValues, ConstantsKeepAllDigits) {
  const Literal x = with_specials({ElementType::f64, {7, 5}}, 1);
  const auto body = [](Builder& builder, const Tensors& inputs) {
    Tensors results;
    for (const double value : {1.4, 1e300, 5e-324, kInfinity, -kInfinity, kNaN}) {
      const Tensor constant = builder.constant(value, inputs[0].type());
      results.push_back(inputs[0] + constant);
      results.push_back(ir::select(ir::compare(inputs[0], "LT", 0.1), constant, inputs[0]));
    }
    return results;
  };
  expect_kernels_agree({{"constants", "pointwise", {x}, body, 1e-15, 0}});
}

/// Their derivatives are 0 there, also times a large input.
TEST(SpecialValues, FunctionsThatLevelOffReachTheirLimits) {
  Literal large(f32({8}));
  const double values[] = {9.5, -9.5, 20, -20, 1e10, -1e10, 1e30, -1e30};
  for (int64_t i = 0; i < 8; ++i) large.set(i, values[i]);
  const auto body = [](Builder&, const Tensors& x) {
    const Tensor y = ir::tanh(x[0]), s = ir::logistic(x[0] * 2.0), e = ir::erf(x[0]);
    return Tensors{(1 - ir::square(y)) * x[0], s * (1 - s) * x[0], (1 - ir::square(e)) * x[0]};
  };
  expect_kernels_agree({fusion_case("level", "pointwise", {large}, body)});
}

/// Of real numbers these are 0, 0, 1 and x.
TEST(SpecialValues, DoNotCancel) {
  auto chain = [](const std::string& f, Tensor x) {
    const Tensor y = apply(f, x);
    return (x - y) - x + (y - y) + y * 0.0 + y / y;
  };
  expect_kernels_agree(cases_of("cancel", chain));
}

TEST(SpecialValues, AreCompared) {
  auto chain = [](const std::string& f, Tensor x) {
    const Tensor y = apply(f, x);
    const Tensor limit = x + 0.0137;  // no finite y is as large: sums have no last bits to rely on
    Tensor chosen = ir::select(ir::compare(y, "NE", y), x, -y);
    for (const char* direction : {"EQ", "LT", "LE", "GT", "GE"}) {
      const Tensor holds = ir::compare(y, direction, limit);
      chosen = chosen + ir::select(holds, 1.0 + 0 * chosen, chosen * 0.5);
    }
    return chosen;
  };
  expect_kernels_agree(cases_of("compare", chain));
}

TEST(SpecialValues, AreOperandsOfEveryFunctionOfTwo) {
  std::vector<FusionCase> cases;
  for (const Setting& setting : settings()) {
    const auto body = [=](Builder& builder, const Tensors& x) {
      const Tensor a = setting.operand(builder, x);
      // What follows a large sum in its kernel reads the same element.
      const bool is_any = setting.kind == "serial" || setting.kind == "pointwise";
      const Tensor b = is_any ? ir::reverse(a, {0}) : 1 - a;
      std::vector<std::string> functions = {"add",     "subtract", "multiply", "divide",
                                            "maximum", "minimum",  "power"};
      // A remainder jumps where a sum's last bits differ.
      if (setting.name == "loaded") functions.push_back("remainder");
      Tensors results;
      for (const std::string& f : functions)
        results.push_back(builder.wrap(builder.create(f, {a.value, b.value})->result()));
      return results;
    };
    cases.push_back(fusion_case("two_" + setting.name, setting.kind, setting.inputs, body));
    cases.back().any_zero = true;  // of 0 and -0 either is the extreme
  }
  expect_kernels_agree(cases);
}

}  // namespace
}  // namespace kiln::tests
