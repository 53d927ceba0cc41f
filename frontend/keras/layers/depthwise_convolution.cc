#include "frontend/keras/layers/depthwise_convolution.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/kernel_options.h"

namespace kiln::keras {

DepthwiseConvolution::DepthwiseConvolution(size_t rank, DepthwiseConvolutionOptions options)
    : rank_(rank), options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
  activity_regularizer = options_.activity_regularizer;
}

Expected<DepthwiseConvolutionOptions> DepthwiseConvolution::read_options(ConfigReader& config) {
  DepthwiseConvolutionOptions options;
  options.depth_multiplier = config.integer("depth_multiplier", 1);
  KILN_TRY(read_kernel_options(config, options));
  KILN_ASSIGN(options.depthwise_initializer,
              read_initializer(config, "depthwise_initializer", "GlorotUniform"));
  KILN_ASSIGN(options.depthwise_regularizer, read_regularizer(config, "depthwise_regularizer"));
  KILN_ASSIGN(options.depthwise_constraint, read_constraint(config, "depthwise_constraint"));
  return options;
}

Expected<LayerBuild> DepthwiseConvolution::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_ASSIGN(const int64_t channels, check_kernel_options(rank_, options_, input));
  KILN_TRY(check(options_.depthwise_initializer));
  if (options_.depth_multiplier <= 0) {
    return Diagnostic{
        "", fmt::format("depth_multiplier must be positive, not {}", options_.depth_multiplier),
        ""};
  }
  ir::Shape kernel = options_.kernel_size.spelled_out(rank_);
  kernel.push_back(channels);
  kernel.push_back(options_.depth_multiplier);
  const int64_t results = channels * options_.depth_multiplier;
  KILN_ASSIGN(ir::Shape shape, kernel_window(rank_, options_).result_shape(input, results));
  const auto f32 = ir::ElementType::f32;
  return LayerBuild{with_bias({{"kernel",
                                {f32, std::move(kernel)},
                                options_.depthwise_initializer,
                                true,
                                options_.depthwise_regularizer,
                                options_.depthwise_constraint}},
                              options_, results),
                    {{f32, std::move(shape)}}};
}

ir::Tensor depthwise_convolution(ir::Tensor x, ir::Tensor kernel, const SlidingWindow& window) {
  ir::Shape shape = kernel.shape();
  const int64_t channels = shape[window.rank];
  shape[window.rank] = 1;
  shape.back() *= channels;
  ir::Convolution c = convolution_of(window, x.shape());
  c.feature_group_count = channels;
  return convolution(x, reshape(kernel, shape), c);
}

std::vector<Signal> DepthwiseConvolution::call(CallContext& context,
                                               std::span<const Signal> inputs) const {
  const ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const SlidingWindow window = kernel_window(rank_, options_);
  return finish(context, depthwise_convolution(x, context.weight("kernel"), window), options_,
                window);
}

void DepthwiseConvolution::write_config(Json& config) const {
  config["depth_multiplier"] = options_.depth_multiplier;
  config["kernel_size"] = options_.kernel_size.spelled_out(rank_);
  config["strides"] = options_.strides.spelled_out(rank_);
  config["padding"] = options_.padding;
  config["data_format"] = name_of(options_.data_format);
  config["dilation_rate"] = options_.dilation_rate.spelled_out(rank_);
  config["activation"] = options_.activation.name;
  config["use_bias"] = options_.use_bias;
  config["depthwise_initializer"] = write_initializer(options_.depthwise_initializer);
  config["bias_initializer"] = write_initializer(options_.bias_initializer);
  config["depthwise_regularizer"] = write_regularizer(options_.depthwise_regularizer);
  config["bias_regularizer"] = write_regularizer(options_.bias_regularizer);
  config["activity_regularizer"] = write_regularizer(activity_regularizer);
  config["depthwise_constraint"] = write_constraint(options_.depthwise_constraint);
  config["bias_constraint"] = write_constraint(options_.bias_constraint);
}

}  // namespace kiln::keras
