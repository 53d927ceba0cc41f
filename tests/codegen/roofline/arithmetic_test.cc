// What ops count as floating-point operations, divisions and roots.
#include "codegen/roofline/arithmetic.h"

#include <gtest/gtest.h>

#include "ir/builder.h"

namespace kiln::codegen {
namespace {

using ir::Builder;
using ir::ElementType;
using ir::Tensor;

class ArithmeticTest : public testing::Test {
 protected:
  Tensor argument(const ir::Shape& shape, ElementType element = ElementType::f32) {
    return builder_.wrap(region_.add_argument({element, shape}));
  }
  /// Of all that was built so far.
  void expect(double flops, double divisions, double roots) const {
    const Arithmetic arithmetic = arithmetic_of(region_);
    EXPECT_EQ(arithmetic.flops, flops);
    EXPECT_EQ(arithmetic.divisions, divisions);
    EXPECT_EQ(arithmetic.roots, roots);
  }

  ir::Region region_;
  Builder builder_{region_};
};

TEST_F(ArithmeticTest, ADenseLayerIsItsProductItsBiasAndItsActivation) {
  const Tensor product = dot(argument({32, 784}), argument({784, 128}));
  maximum(product + argument({128}), 0);
  expect(2.0 * 32 * 784 * 128 + 2 * 32 * 128, 0, 0);
}

TEST_F(ArithmeticTest, AConvolutionCountsNoPadding) {
  // A window of three at each of four positions, the outer two of which reach over the edge: ten
  // pairs along each dimension.
  auto same = ir::Convolution::channels_last(2);
  same.padding_low = same.padding_high = {1, 1};
  convolution(argument({2, 4, 4, 5}), argument({3, 3, 5, 7}), same);
  expect(2.0 * 2 * 7 * 5 * 10 * 10, 0, 0);
}

TEST_F(ArithmeticTest, AConvolutionCountsNoGapsOfItsInput) {
  // The gradient of a convolution with strides: two elements with one gap, each met by both of the
  // kernel's.
  auto transposed = ir::Convolution::channels_last(1);
  transposed.padding_low = transposed.padding_high = {1};
  transposed.lhs_dilation = {2};
  convolution(argument({1, 2, 1}), argument({2, 1, 1}), transposed);
  expect(2.0 * 4, 0, 0);
}

TEST_F(ArithmeticTest, GroupsOfADepthwiseConvolutionDoNotMix) {
  auto depthwise = ir::Convolution::channels_last(2);
  depthwise.feature_group_count = 8;
  convolution(argument({1, 6, 6, 8}), argument({3, 3, 1, 8}), depthwise);
  expect(2.0 * 4 * 4 * 8 * 9, 0, 0);
}

TEST_F(ArithmeticTest, AnAdamUpdateDividesAndTakesARootForEachWeight) {
  constexpr double kWeights = 1000;
  const Tensor weight = argument({1000}), m = argument({1000}), v = argument({1000});
  weight - m * 0.001 / (sqrt(v) + 1e-7);
  expect(3 * kWeights, kWeights, kWeights);
}

TEST_F(ArithmeticTest, AReciprocalRootIsARootAndADivision) {
  rsqrt(argument({8, 4}));
  expect(0, 32, 32);
}

TEST_F(ArithmeticTest, FunctionsAreTenOperationsAnElement) {
  tanh(argument({6}));
  expect(60, 0, 0);
}

TEST_F(ArithmeticTest, ASumAddsEachElement) {
  sum(argument({6, 4}), {1});
  expect(24, 0, 0);
}

TEST_F(ArithmeticTest, WhatChoosesMovesOrCountsIsNoArithmetic) {
  const Tensor x = argument({6});
  select(argument({6}, ElementType::i1), x, x);
  convert(x, ElementType::i32);
  broadcast_to(x, {4, 6});
  const Tensor count = argument({6}, ElementType::i32);
  count + count;
  expect(0, 0, 0);
}

}  // namespace
}  // namespace kiln::codegen
