// What convolution, reduce_window and select_and_scatter say about operands that do not fit.
#include <gtest/gtest.h>

#include "ir/builder.h"
#include "ir/ops/definition.h"

namespace kiln::ir {
namespace {

constexpr ElementType kF32 = ElementType::f32;

/// The error of an op on operands of these types.
std::string error_of(std::string_view name, const std::vector<Type>& operands,
                     Attributes attributes) {
  Region region;
  std::vector<Value*> values;
  for (const Type& type : operands) values.push_back(region.add_argument(type));
  const Op op(*find_op(name), values, std::move(attributes), "");
  const auto types = check_op(op, {});
  return types ? "fits: " + types->front().to_string() : types.error().message;
}

std::string convolution_error(Shape input, Shape kernel, void (*change)(Convolution&),
                              ElementType element = kF32) {
  Convolution c = Convolution::channels_last(1);
  change(c);
  return error_of("convolution", {{kF32, std::move(input)}, {element, std::move(kernel)}},
                  c.attributes());
}

TEST(WindowOps, ConvolutionShapes) {
  auto plain = [](Convolution&) {};
  EXPECT_EQ(convolution_error({2, 8, 3}, {3, 3, 5}, plain), "fits: tensor<2x6x5xf32>");
  EXPECT_EQ(convolution_error({2, 8, 3}, {3, 3, 5}, plain, ElementType::f64),
            "convolution: operands must have one element type");
  EXPECT_EQ(convolution_error({2, 8, 3}, {3, 3}, plain),
            "convolution: input and kernel need one rank of at least 2: tensor<2x8x3xf32> and "
            "tensor<3x3xf32>");
  EXPECT_EQ(convolution_error({2, 8, 8, 3}, {3, 3, 3, 5}, plain),
            "convolution: the dimension numbers of input, kernel and output must each name the 4 "
            "dimensions once");
  EXPECT_EQ(convolution_error({2, 8, 3}, {3, 3, 5}, [](Convolution& c) { c.output_feature = 1; }),
            "convolution: the dimension numbers of input, kernel and output must each name the 3 "
            "dimensions once");
  EXPECT_EQ(convolution_error({2, 8, 3}, {3, 2, 5}, plain),
            "convolution: 3 input features in 1 group do not fit a kernel for 2");
}

TEST(WindowOps, ConvolutionWindows) {
  auto error = [](void (*change)(Convolution&)) {
    return convolution_error({2, 8, 4}, {3, 4, 6}, change);
  };
  EXPECT_EQ(error([](Convolution& c) { c.padding_low = {}; }),
            "convolution: needs a stride, low and high padding and dilations per spatial "
            "dimension, 1");
  EXPECT_EQ(error([](Convolution& c) { c.window_strides = {0}; }),
            "convolution: spatial dimension 0: the stride 0 is not positive");
  EXPECT_EQ(error([](Convolution& c) { c.rhs_dilation = {-1}; }),
            "convolution: spatial dimension 0: the dilation -1 is not positive");
  EXPECT_EQ(error([](Convolution& c) { c.lhs_dilation = {INT64_MAX}; }),
            "convolution: spatial dimension 0: the dilation or the stride is too large");
  EXPECT_EQ(error([](Convolution& c) { c.padding_high = {INT64_MIN}; }),
            "convolution: spatial dimension 0: the padding is too large");
  EXPECT_EQ(error([](Convolution& c) { c.padding_low = {-20}; }), "fits: tensor<2x0x6xf32>");
}

TEST(WindowOps, ConvolutionGroups) {
  auto error = [](void (*change)(Convolution&)) {
    return convolution_error({3, 8, 4}, {3, 2, 6}, change);
  };
  EXPECT_EQ(error([](Convolution& c) { c.feature_group_count = 2; }), "fits: tensor<3x6x6xf32>");
  EXPECT_EQ(error([](Convolution& c) { c.feature_group_count = 0; }),
            "convolution: group counts must be positive");
  EXPECT_EQ(error([](Convolution& c) { c.feature_group_count = c.batch_group_count = 2; }),
            "convolution: either features or batches are in groups, not both");
  EXPECT_EQ(error([](Convolution& c) { c.feature_group_count = 4; }),
            "convolution: 4 input features in 4 groups do not fit a kernel for 2");
  EXPECT_EQ(
      convolution_error({4, 8, 4}, {3, 2, 5}, [](Convolution& c) { c.feature_group_count = 2; }),
      "convolution: 5 output features do not divide into 2 groups");
  EXPECT_EQ(
      convolution_error({3, 8, 2}, {3, 2, 6}, [](Convolution& c) { c.batch_group_count = 2; }),
      "convolution: a batch of 3 does not divide into 2 groups");
}

Attributes windows(const std::string& name, Attribute value) {
  Attributes attributes = {{"window_dimensions", Integers{1, 2}},
                           {"window_strides", Integers{1, 2}},
                           {"padding_low", Integers{0, 0}},
                           {"padding_high", Integers{0, 1}}};
  attributes[name] = std::move(value);
  return attributes;
}

TEST(WindowOps, ReduceWindow) {
  auto error = [](const std::string& name, Attribute value, ElementType element = kF32) {
    Attributes attributes = {{"base_dilations", Integers{1, 1}}, {"reducer", std::string("add")}};
    attributes.merge(windows("window_dimensions", Integers{1, 2}));
    attributes[name] = std::move(value);
    return error_of("reduce_window", {{element, {2, 5}}}, attributes);
  };
  EXPECT_EQ(error("reducer", std::string("add")), "fits: tensor<2x3xf32>");
  EXPECT_EQ(error("reducer", std::string("multiply")),
            "reduce_window: reducer must be add, maximum or minimum, not \"multiply\"");
  EXPECT_EQ(error("reducer", std::string("add"), ElementType::i1),
            "reduce_window: does not take elements of type i1");
  EXPECT_EQ(error("padding_low", Integers{0}),
            "reduce_window: padding_low needs an entry per dimension of tensor<2x5xf32>");
  EXPECT_EQ(error("window_dimensions", Integers{1, 0}),
            "reduce_window: dimension 1: a window of 0 elements");
  EXPECT_EQ(error("window_strides", Integers{1, -1}),
            "reduce_window: dimension 1: the stride -1 is not positive");
  EXPECT_EQ(error("window_dimensions", Integers{1, INT64_MAX}),
            "reduce_window: dimension 1: the dilation or the stride is too large");
}

TEST(WindowOps, SelectAndScatter) {
  auto error = [](const std::string& direction, Shape source) {
    return error_of("select_and_scatter", {{kF32, {2, 5}}, {kF32, std::move(source)}},
                    windows("direction", direction));
  };
  EXPECT_EQ(error("GE", {2, 3}), "fits: tensor<2x5xf32>");
  EXPECT_EQ(error("GT", {2, 3}), "select_and_scatter: direction must be GE or LE, not \"GT\"");
  EXPECT_EQ(error("GE", {2, 2}),
            "select_and_scatter: needs an element to scatter per window: tensor<2x3xf32>, not "
            "tensor<2x2xf32>");
}

}  // namespace
}  // namespace kiln::ir
