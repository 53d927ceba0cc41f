// Convolution and pooling layers in C++: what they say about options and inputs that do not fit,
// and a model of them.
#include "frontend/keras/layers/convolution.h"
#include "frontend/keras/layers/depthwise_convolution.h"
#include "frontend/keras/layers/global_pooling.h"
#include "frontend/keras/layers/pooling.h"
#include "frontend/keras/layers/separable_convolution.h"
#include "frontend/keras/layers/transposed_convolution.h"
#include "frontend/keras/model/model.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

/// The shape that a layer gives for inputs of that shape, or its error.
std::string built(const Layer& layer, ir::Shape shape) {
  const LayerInput input{{ir::ElementType::f32, std::move(shape)}, "x"};
  const auto build = layer.build({&input, 1});
  if (!build) return build.error().to_string();
  return build->outputs[0].to_string();
}

const ir::Shape kImages = {kNone, 8, 8, 3};

TEST(WindowLayers, InputsThatAreNoImages) {
  EXPECT_EQ(built(Conv2D(4, 3), kImages), "tensor<-1x6x6x4xf32>");
  EXPECT_EQ(built(Conv2D(4, 3), {kNone, kNone, 8, 3}), "tensor<-1x-1x6x4xf32>");
  EXPECT_EQ(built(Conv2D(4, 3), {kNone, 28, 28}),
            "error: needs inputs [batch, height, width, channels], gets (None, 28, 28) from \"x\"\n"
            "note: a single channel is a dimension, too: of extent 1");
  EXPECT_EQ(built(MaxPooling1D(), kImages),
            "error: needs inputs [batch, steps, channels], gets (None, 8, 8, 3) from \"x\"");
  EXPECT_EQ(built(GlobalAveragePooling2D({.data_format = DataFormat::channels_first}), {kNone, 5}),
            "error: needs inputs [batch, channels, height, width], gets (None, 5) from \"x\"");
  EXPECT_EQ(built(Conv2D(4, 3), {kNone, 8, 8, kNone}),
            "error: needs a known number of channels, gets (None, 8, 8, None) from \"x\"");
}

TEST(WindowLayers, WindowsThatDoNotFit) {
  EXPECT_EQ(built(Conv2D(4, {3, 9}), kImages),
            "error: kernel_size 9 does not fit into dimension 2 of (None, 8, 8, 3) from \"x\"\n"
            "note: with padding \"same\" it would");
  EXPECT_EQ(built(AveragePooling2D(9), kImages),
            "error: pool_size 9 does not fit into dimension 1 of (None, 8, 8, 3) from \"x\"\n"
            "note: with padding \"same\" it would");
  EXPECT_EQ(built(AveragePooling2D({.pool_size = 9, .padding = "same"}), kImages),
            "tensor<-1x1x1x3xf32>");
}

TEST(WindowLayers, OptionsOfConvolutions) {
  auto error = [](ConvolutionOptions options) { return built(Conv2D(options), kImages); };
  EXPECT_EQ(error({.filters = 4}), "error: kernel_size must be one number or 2, not []");
  EXPECT_EQ(error({.filters = 4, .kernel_size = {1, 2, 3}}),
            "error: kernel_size must be one number or 2, not [1, 2, 3]");
  EXPECT_EQ(error({.filters = 4, .kernel_size = 0}),
            "error: kernel_size must be at least 1, not 0");
  EXPECT_EQ(error({.filters = 0, .kernel_size = 3}),
            "error: filters and groups must be positive, not 0 and 1");
  EXPECT_EQ(error({.filters = 4, .kernel_size = 3, .groups = 2}),
            "error: 3 channels from \"x\" and 4 filters do not divide into 2 groups");
  EXPECT_EQ(error({.filters = 4, .kernel_size = 3, .strides = 2, .dilation_rate = 2}),
            "error: strides and dilation_rate cannot both be more than 1");
  EXPECT_EQ(error({.filters = 4, .kernel_size = 3, .padding = "causal"}),
            "error: unknown padding \"causal\"\nnote: the paddings are valid and same");
  EXPECT_EQ(built(Conv1D({.filters = 4, .kernel_size = 3, .padding = "full"}), {kNone, 8, 3}),
            "error: unknown padding \"full\"\nnote: the paddings are valid, same and causal");
  EXPECT_EQ(built(DepthwiseConv2D({.kernel_size = 3, .depth_multiplier = 0}), kImages),
            "error: depth_multiplier must be positive, not 0");
  EXPECT_EQ(built(SeparableConv2D(0, 3), kImages),
            "error: filters and depth_multiplier must be positive, not 0 and 1");
}

TEST(WindowLayers, OptionsOfTransposedConvolutions) {
  auto error = [](TransposedConvolutionOptions options) {
    return built(Conv2DTranspose(options), kImages);
  };
  EXPECT_EQ(error({.filters = 4, .kernel_size = 3, .strides = 2, .output_padding = 2}),
            "error: output_padding 2 must be less than the stride 2");
  EXPECT_EQ(
      error({.filters = 4, .kernel_size = 4, .strides = 2, .padding = "same", .output_padding = 0}),
      "error: output_padding 0 does not go with kernel_size 4, stride 2 and padding \"same\"");
  EXPECT_EQ(error({.filters = 0, .kernel_size = 3}), "error: filters must be positive, not 0");
}

// The text is Keras 3.15's.
TEST(WindowLayers, SummaryOfTheTutorialsModel) {
  const Sequential model({Input({28, 28, 1}), Conv2D(32, {3, 3}, "relu"), MaxPooling2D({2, 2}),
                          Conv2D(64, {3, 3}, "relu"), MaxPooling2D({2, 2}), Flatten(),
                          Dense(10, "softmax")});
  EXPECT_EQ(must(model.summary()),
            R"(Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)                 │ (None, 26, 26, 32)     │           320 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d (MaxPooling2D)    │ (None, 13, 13, 32)     │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ conv2d_1 (Conv2D)               │ (None, 11, 11, 64)     │        18,496 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d_1 (MaxPooling2D)  │ (None, 5, 5, 64)       │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ flatten (Flatten)               │ (None, 1600)           │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 10)             │        16,010 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 34,826 (136.04 KB)
 Trainable params: 34,826 (136.04 KB)
 Non-trainable params: 0 (0.00 B)
)");
}

}  // namespace
}  // namespace kiln::keras
