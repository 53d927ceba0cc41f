#include "frontend/keras/layers/separable_convolution.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/depthwise_convolution.h"
#include "frontend/keras/layers/kernel_options.h"

namespace kiln::keras {

SeparableConvolution::SeparableConvolution(size_t rank, SeparableConvolutionOptions options)
    : rank_(rank), options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
  activity_regularizer = options_.activity_regularizer;
}

Expected<SeparableConvolutionOptions> SeparableConvolution::read_options(ConfigReader& config) {
  SeparableConvolutionOptions options;
  options.filters = config.integer("filters");
  options.depth_multiplier = config.integer("depth_multiplier", 1);
  KILN_TRY(read_kernel_options(config, options));
  KILN_ASSIGN(options.depthwise_initializer,
              read_initializer(config, "depthwise_initializer", "GlorotUniform"));
  KILN_ASSIGN(options.pointwise_initializer,
              read_initializer(config, "pointwise_initializer", "GlorotUniform"));
  KILN_ASSIGN(options.depthwise_regularizer, read_regularizer(config, "depthwise_regularizer"));
  KILN_ASSIGN(options.depthwise_constraint, read_constraint(config, "depthwise_constraint"));
  KILN_ASSIGN(options.pointwise_regularizer, read_regularizer(config, "pointwise_regularizer"));
  KILN_ASSIGN(options.pointwise_constraint, read_constraint(config, "pointwise_constraint"));
  return options;
}

Expected<LayerBuild> SeparableConvolution::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_ASSIGN(const int64_t channels, check_kernel_options(rank_, options_, input));
  KILN_TRY(check(options_.depthwise_initializer));
  KILN_TRY(check(options_.pointwise_initializer));
  const auto [filters, multiplier] = std::pair(options_.filters, options_.depth_multiplier);
  if (filters <= 0 || multiplier <= 0) {
    return Diagnostic{"",
                      fmt::format("filters and depth_multiplier must be positive, not {} and {}",
                                  filters, multiplier),
                      ""};
  }
  ir::Shape depthwise = options_.kernel_size.spelled_out(rank_);
  depthwise.push_back(channels);
  depthwise.push_back(multiplier);
  ir::Shape pointwise(rank_, 1);
  pointwise.push_back(channels * multiplier);
  pointwise.push_back(filters);
  KILN_ASSIGN(ir::Shape shape, kernel_window(rank_, options_).result_shape(input, filters));
  const auto f32 = ir::ElementType::f32;
  return LayerBuild{with_bias({{"depthwise_kernel",
                                {f32, depthwise},
                                options_.depthwise_initializer,
                                true,
                                options_.depthwise_regularizer,
                                options_.depthwise_constraint},
                               {"pointwise_kernel",
                                {f32, pointwise},
                                options_.pointwise_initializer,
                                true,
                                options_.pointwise_regularizer,
                                options_.pointwise_constraint}},
                              options_, filters),
                    {{f32, std::move(shape)}}};
}

std::vector<Signal> SeparableConvolution::call(CallContext& context,
                                               std::span<const Signal> inputs) const {
  const ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const SlidingWindow window = kernel_window(rank_, options_);
  const ir::Tensor spread = depthwise_convolution(x, context.weight("depthwise_kernel"), window);
  const SlidingWindow point{
      .rank = rank_, .size_name = "", .size = 1, .strides = 1, .data_format = options_.data_format};
  const ir::Tensor mixed = convolution(spread, context.weight("pointwise_kernel"),
                                       convolution_of(point, spread.shape()));
  return finish(context, mixed, options_, window);
}

void SeparableConvolution::write_config(Json& config) const {
  config["depth_multiplier"] = options_.depth_multiplier;
  config["filters"] = options_.filters;
  config["kernel_size"] = options_.kernel_size.spelled_out(rank_);
  config["strides"] = options_.strides.spelled_out(rank_);
  config["padding"] = options_.padding;
  config["data_format"] = name_of(options_.data_format);
  config["dilation_rate"] = options_.dilation_rate.spelled_out(rank_);
  config["activation"] = options_.activation.name;
  config["use_bias"] = options_.use_bias;
  config["depthwise_initializer"] = write_initializer(options_.depthwise_initializer);
  config["pointwise_initializer"] = write_initializer(options_.pointwise_initializer);
  config["bias_initializer"] = write_initializer(options_.bias_initializer);
  config["depthwise_regularizer"] = write_regularizer(options_.depthwise_regularizer);
  config["pointwise_regularizer"] = write_regularizer(options_.pointwise_regularizer);
  config["bias_regularizer"] = write_regularizer(options_.bias_regularizer);
  config["activity_regularizer"] = write_regularizer(activity_regularizer);
  config["depthwise_constraint"] = write_constraint(options_.depthwise_constraint);
  config["pointwise_constraint"] = write_constraint(options_.pointwise_constraint);
  config["bias_constraint"] = write_constraint(options_.bias_constraint);
}

}  // namespace kiln::keras
