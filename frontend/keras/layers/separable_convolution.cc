#include "frontend/keras/layers/separable_convolution.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/kernel_options.h"

namespace kiln::keras {

SeparableConvolution::SeparableConvolution(size_t rank, SeparableConvolutionOptions options)
    : rank_(rank), options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
  activity_regularizer = options_.activity_regularizer;
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

OptionList SeparableConvolution::option_list() {
  SeparableConvolutionOptions& o = options_;
  const OptionList channels = {
      {"depth_multiplier", &o.depth_multiplier, "channels that come of each before they mix"},
      {"filters", &o.filters, "how many channels come out", kRequired}};
  const OptionList weights = {
      {"depthwise_initializer", &o.depthwise_initializer, "first values of the depthwise kernel"},
      {"pointwise_initializer", &o.pointwise_initializer, "first values of the mixing kernel"},
      {"bias_initializer", &o.bias_initializer, "first values of the bias"},
      {"depthwise_regularizer", &o.depthwise_regularizer,
       "what the depthwise kernel adds to the loss"},
      {"pointwise_regularizer", &o.pointwise_regularizer,
       "what the mixing kernel adds to the loss"},
      {"bias_regularizer", &o.bias_regularizer, "what the bias adds to the loss"},
      {"activity_regularizer", &activity_regularizer, "what the outputs add to the loss"},
      {"depthwise_constraint", &o.depthwise_constraint,
       "on the depthwise kernel after each update"},
      {"pointwise_constraint", &o.pointwise_constraint, "on the mixing kernel after each update"},
      {"bias_constraint", &o.bias_constraint, "on the bias after each update"}};
  return channels + kernel_window_options(rank_, o) + kernel_layout_options(rank_, o) +
         activation_and_bias_options(o) + weights;
}

}  // namespace kiln::keras
