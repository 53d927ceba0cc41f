// The gradient of a loop against finite differences.
#include <gtest/gtest.h>

#include "ir/scan.h"
#include "passes/gradients/scan.h"
#include "tests/passes/finite_differences.h"
#include "tests/passes/recurrent.h"

namespace kiln::passes {
namespace {

using ir::Builder;
using ir::ElementType;
using ir::ScanInputs;
using ir::ScanResults;
using ir::Shape;
using ir::Tensor;
using Tensors = std::vector<Tensor>;

void expect_gradients_of(const Formula& formula, const std::vector<Shape>& shapes) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<ir::Literal> arguments;
    for (const Shape& shape : shapes)
      arguments.push_back(random_literal({ElementType::f64, shape}, -1, 1, random));
    expect_gradients(formula, arguments, seed);
  }
}

void expect_gradients_of(const Recurrence& recurrence) {
  expect_gradients_of(recurrence.formula, recurrence.shapes);
}

TEST(ScanGradient, OfTheLastCarry) { expect_gradients_of(simple_rnn(false, false)); }
TEST(ScanGradient, OfStackedOutputs) { expect_gradients_of(simple_rnn(true, false)); }
TEST(ScanGradient, OfAReversedScan) { expect_gradients_of(simple_rnn(true, true)); }

TEST(ScanGradient, OfTwoCarriesAndBothKindsOfResults) {
  const Recurrence layer = lstm(3, 2, 3, 2);
  const Formula both = [&](Builder& builder, const Tensors& x) {
    const Tensors results = layer.formula(builder, x);
    return Tensors{sum(results[0], {0}) * results[2] + results[1]};
  };
  expect_gradients_of(both, layer.shapes);
}

TEST(ScanGradient, OfACarryThatNothingStartsFrom) {
  const Formula sum_of_squares = [](Builder& builder, const Tensors& x) {
    const ScanResults results =
        ir::scan(builder, {{builder.constant(0, {ElementType::f64, {2}})}, {x[0]}, {}}, 3, false,
                 [](Builder&, const ScanInputs& step) {
                   return ScanResults{{step.carries[0] + square(step.stacked[0])}, {}};
                 });
    return Tensors{results.carries[0]};
  };
  expect_gradients_of(sum_of_squares, {{3, 2}});
}

TEST(ScanGradient, WithAnIntegerCarryAndAMask) {
  const Formula masked = [](Builder& builder, const Tensors& x) {
    const Tensor start = builder.constant(0, {ElementType::i32, {}});
    const ScanResults results = ir::scan(
        builder, {{start, x[0]}, {x[1]}, {}}, 5, false, [](Builder&, const ScanInputs& step) {
          const Tensor odd = compare(remainder(step.carries[0], step.carries[0].builder->constant(
                                                                    2, {ElementType::i32, {}})),
                                     "EQ", 1.0);
          const Tensor h = select(broadcast_in_dim(odd, {2}, {}), step.carries[1],
                                  sine(step.carries[1] * step.stacked[0]));
          return ScanResults{{step.carries[0] + 1.0, h}, {h}};
        });
    return Tensors{results.outputs[0]};
  };
  expect_gradients_of(masked, {{2}, {5, 2}});
}

TEST(ScanGradient, OfAScanInAScan) { expect_gradients_of(nested_scans()); }

TEST(ScanGradient, OfWhatTheResultDoesNotDependOn) {
  const Formula apart = [](Builder& builder, const Tensors& x) {
    const ScanResults results = ir::scan(
        builder, {{x[0], x[1]}, {}, {x[2]}}, 3, false, [](Builder&, const ScanInputs& step) {
          return ScanResults{{step.carries[0] * 0.5, sine(step.carries[1] * step.invariants[0])},
                             {}};
        });
    return Tensors{results.carries[0]};
  };
  expect_gradients_of(apart, {{2}, {2}, {2}});
}

}  // namespace
}  // namespace kiln::passes
