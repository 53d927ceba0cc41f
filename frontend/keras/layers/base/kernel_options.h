// What all layers with a convolution kernel have in common.
#pragma once

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/convolve.h"
#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/one_input.h"
#include "frontend/keras/layers/base/sliding_window.h"
#include "frontend/keras/layers/base/weight_options.h"

namespace kiln::keras {

/// y plus a number for each of its channels.
ir::Tensor add_bias(ir::Tensor y, ir::Tensor bias, const SlidingWindow& window);

/// The window that a layer's options describe.
template <typename Options>
SlidingWindow kernel_window(size_t rank, const Options& options) {
  return {rank,
          "kernel_size",
          options.kernel_size,
          options.strides,
          options.padding,
          options.data_format,
          options.dilation_rate};
}

/// The options that kernel_window() takes, in two runs: others may stand between them.
template <typename Options>
OptionList kernel_window_options(size_t rank, Options& o) {
  return {{"kernel_size", ExtentsOf{&o.kernel_size, rank}, "extents of the window", kRequired},
          {"strides", ExtentsOf{&o.strides, rank}, "steps of the window"},
          {"padding", &o.padding,
           "\"valid\": windows inside of the input; \"same\": as many as its elements by strides"}};
}
template <typename Options>
OptionList kernel_layout_options(size_t rank, Options& o) {
  return {{"data_format", &o.data_format, "where the channels are"},
          {"dilation_rate", ExtentsOf{&o.dilation_rate, rank},
           "distances between the elements of a window"}};
}

/// The options that all these layers have after those of the window.
template <typename Options>
OptionList activation_and_bias_options(Options& o) {
  return {{"activation", &o.activation, "applied to the outputs"},
          {"use_bias", &o.use_bias, "add a bias to each channel"}};
}

/// What the layers with a weight called "kernel" end with.
template <typename Options>
OptionList kernel_and_bias_options(Options& o, Regularizer& activity_regularizer) {
  return activation_and_bias_options(o) + weight_options(o, activity_regularizer);
}

/// Whether the input is right and the options that these layers share make sense; the
/// number of the input's channels.
template <typename Options>
Expected<int64_t> check_kernel_options(size_t rank, const Options& options, const LayerInput& input,
                                       bool allow_causal = false) {
  const SlidingWindow window = kernel_window(rank, options);
  KILN_TRY(window.check(allow_causal));
  KILN_TRY(check(options.activation));
  KILN_TRY(check(options.bias_initializer));
  return window.channels_of(input);
}

/// The weights that a layer declares, its bias the last.
template <typename Options>
std::vector<WeightSpec> with_bias(std::vector<WeightSpec> weights, const Options& options,
                                  int64_t channels) {
  if (options.use_bias) {
    weights.push_back({"bias",
                       {ir::ElementType::f32, {channels}},
                       options.bias_initializer,
                       true,
                       options.bias_regularizer,
                       options.bias_constraint});
  }
  return weights;
}

/// What every such layer does at its end: the bias if it has one, and the activation.
template <typename Options>
std::vector<Signal> finish(CallContext& context, ir::Tensor y, const Options& options,
                           const SlidingWindow& window) {
  if (options.use_bias) y = add_bias(y, context.weight("bias"), window);
  return {apply(options.activation, {y, {}})};
}

}  // namespace kiln::keras
