// What definitions say of ops, against what the ops do.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "ir/builder.h"
#include "ir/ops/definition.h"

namespace kiln::ir {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Numbers that show signs, wraps and roundings.
const std::vector<double> kNumbers = {0.0,  -0.0, 1,    -1,    0.5,       -2.5,       3,
                                      1000, -7,   1e-4, -1e-4, kInfinity, -kInfinity, kNaN};

/// The op's result for these operands; empty where it does not take them.
std::optional<Literal> evaluate(const OpDefinition& definition, const std::vector<Literal>& x) {
  Region region;
  std::vector<Value*> arguments;
  for (const Literal& each : x) arguments.push_back(region.add_argument(each.type()));
  const Op op(definition, arguments, {}, "");
  const auto types = check_op(op, {});
  if (!types) return {};
  std::vector<Literal> results = {Literal((*types)[0])};
  definition.evaluate(op, x, results);
  return results[0];
}

/// All pairs of the numbers, as one literal for each side.
std::vector<Literal> pairs(ElementType element) {
  std::vector<double> left, right;
  for (double a : kNumbers) {
    for (double b : kNumbers) {
      left.push_back(a);
      right.push_back(b);
    }
  }
  const Type type{element, {static_cast<int64_t>(left.size())}};
  return {Literal::from_values(type, left), Literal::from_values(type, right)};
}

bool has_negative_zero(const Literal& literal) {
  const std::vector<double> values = literal.values();
  return std::any_of(values.begin(), values.end(),
                     [](double x) { return x == 0 && std::signbit(x); });
}

TEST(OpFacts, CommutativeOpsAndNoOthersLetTheirOperandsChangePlaces) {
  for (const OpDefinition& op : op_definitions()) {
    if (op.min_operands != 2 || op.op_class != OpClass::elementwise || !op.attributes.empty()) {
      EXPECT_FALSE(op.facts.commutative) << op.name;
      continue;
    }
    bool symmetric = true;
    for (ElementType element : {ElementType::f32, ElementType::i32, ElementType::i1}) {
      const std::vector<Literal> x = pairs(element);
      const auto one_way = evaluate(op, x);
      if (!one_way) continue;
      symmetric = symmetric && one_way->bytes() == evaluate(op, {x[1], x[0]})->bytes();
    }
    EXPECT_EQ(op.facts.commutative, symmetric) << op.name;
  }
}

TEST(OpFacts, WhatIsNeverNegativeZeroIsNot) {
  const Type type{ElementType::f32, {static_cast<int64_t>(kNumbers.size())}};
  const Literal numbers = Literal::from_values(type, kNumbers);
  for (const OpDefinition& op : op_definitions()) {
    if (!op.facts.never_negative_zero || op.min_operands != 1) continue;
    const auto result = evaluate(op, {numbers});
    ASSERT_TRUE(result) << op.name;
    EXPECT_FALSE(has_negative_zero(*result)) << op.name;
  }
}

TEST(OpFacts, OnlyIndexComputationsAreFree) {
  for (const OpDefinition& op : op_definitions()) {
    if (op.facts.cost != ElementCost::free) continue;
    EXPECT_TRUE(op.op_class == OpClass::source || op.op_class == OpClass::movement) << op.name;
  }
}

TEST(OpFacts, OpsThatAccumulateCountTheirOperations) {
  for (const OpDefinition& op : op_definitions()) {
    const Op any(op, {}, {}, "");
    EXPECT_TRUE(op.facts.operation_count != nullptr || !accumulates(any)) << op.name;
  }
}

TEST(OpFacts, OpsWithWindowsHaveTheirAttributes) {
  for (const OpDefinition& op : op_definitions()) {
    const bool has_window =
        std::any_of(op.attributes.begin(), op.attributes.end(),
                    [](const AttributeSpec& spec) { return spec.name == "window_dimensions"; });
    EXPECT_EQ(op.facts.has_window, has_window) << op.name;
  }
}

TEST(OpFacts, OperationsAreCountedByElementsAndCost) {
  Region region;
  Builder builder(region);
  const Tensor x = builder.wrap(region.add_argument({ElementType::f32, {6, 4}}));
  EXPECT_EQ(operation_count(*(x + x).value->op()), 24);
  EXPECT_EQ(operation_count(*(x / x).value->op()), 24);
  EXPECT_EQ(operation_count(*exp(x).value->op()), 240);
  EXPECT_EQ(operation_count(*sum(x, {1}).value->op()), 24);
  EXPECT_EQ(operation_count(*dot_general(x, x, {{}, {}, {1}, {1}}).value->op()), 2 * 6 * 6 * 4);
}

TEST(OpFacts, OnlyProductsWithSumsHaveRowsAndColumns) {
  Region region;
  Builder builder(region);
  const Tensor x = builder.wrap(region.add_argument({ElementType::f32, {6, 4}}));
  const Tensor v = builder.wrap(region.add_argument({ElementType::f32, {4}}));
  const auto has = [](const Tensor& product) { return has_rows_and_columns(*product.value->op()); };
  EXPECT_TRUE(has(dot_general(x, x, {{}, {}, {1}, {1}})));
  EXPECT_FALSE(has(dot_general(x, v, {{}, {}, {1}, {0}})));  // no columns
  EXPECT_FALSE(has(dot_general(v, x, {{}, {}, {0}, {1}})));  // no rows
  EXPECT_FALSE(has(dot_general(v, v, {{}, {}, {}, {}})));    // no sums
}

}  // namespace
}  // namespace kiln::ir
