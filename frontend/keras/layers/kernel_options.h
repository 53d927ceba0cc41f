// What all layers with a convolution kernel have in common.
#pragma once

#include <nlohmann/json.hpp>

#include "frontend/keras/activations.h"
#include "frontend/keras/config_reader.h"
#include "frontend/keras/layer.h"
#include "frontend/keras/layers/one_input.h"
#include "frontend/keras/layers/sliding_window.h"
#include "ir/ops/convolution.h"

namespace kiln::keras {

/// The attributes of the op that slides a kernel [spatial..., inputs, outputs] over an input of
/// that shape.
ir::Convolution convolution_of(const SlidingWindow& window, const ir::Shape& input);

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

/// Reads what kernel_window() takes, the bias and the activation.
template <typename Options>
Status read_kernel_options(ConfigReader& config, Options& options) {
  options.kernel_size = read_extents(config, "kernel_size", {});
  options.strides = read_extents(config, "strides", 1);
  options.padding = config.string("padding", options.padding);
  options.data_format = read_data_format(config);
  options.dilation_rate = read_extents(config, "dilation_rate", 1);
  KILN_ASSIGN(options.activation, read_activation(config, "activation"));
  options.use_bias = config.boolean("use_bias", true);
  KILN_ASSIGN(options.bias_initializer, read_initializer(config, "bias_initializer", "Zeros"));
  KILN_ASSIGN(options.bias_regularizer, read_regularizer(config, "bias_regularizer"));
  KILN_ASSIGN(options.bias_constraint, read_constraint(config, "bias_constraint"));
  return ok();
}

/// Reads the options of the weight called "kernel".
template <typename Options>
Status read_kernel_weight(ConfigReader& config, Options& options) {
  KILN_ASSIGN(options.kernel_initializer,
              read_initializer(config, "kernel_initializer", "GlorotUniform"));
  KILN_ASSIGN(options.kernel_regularizer, read_regularizer(config, "kernel_regularizer"));
  KILN_ASSIGN(options.kernel_constraint, read_constraint(config, "kernel_constraint"));
  return ok();
}

/// Writes what the layers with a weight called "kernel" end with, in Keras's order.
template <typename Options>
void write_kernel_and_bias(Json& config, const Options& options,
                           const Regularizer& activity_regularizer) {
  config["activation"] = options.activation.name;
  config["use_bias"] = options.use_bias;
  config["kernel_initializer"] = write_initializer(options.kernel_initializer);
  config["bias_initializer"] = write_initializer(options.bias_initializer);
  config["kernel_regularizer"] = write_regularizer(options.kernel_regularizer);
  config["bias_regularizer"] = write_regularizer(options.bias_regularizer);
  config["activity_regularizer"] = write_regularizer(activity_regularizer);
  config["kernel_constraint"] = write_constraint(options.kernel_constraint);
  config["bias_constraint"] = write_constraint(options.bias_constraint);
}

/// Whether the input is right and the options that read_kernel_options() reads make sense; the
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
