#include "frontend/keras/layers/depthwise_convolution.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/kernel_options.h"

namespace kiln::keras {

DepthwiseConvolution::DepthwiseConvolution(size_t rank, DepthwiseConvolutionOptions options)
    : rank_(rank), options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
  activity_regularizer = options_.activity_regularizer;
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

std::vector<Signal> DepthwiseConvolution::call(CallContext& context,
                                               std::span<const Signal> inputs) const {
  const ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const SlidingWindow window = kernel_window(rank_, options_);
  return finish(context, depthwise_convolution(x, context.weight("kernel"), window), options_,
                window);
}

OptionList DepthwiseConvolution::option_list() {
  DepthwiseConvolutionOptions& o = options_;
  const OptionList multiplier = {
      {"depth_multiplier", &o.depth_multiplier, "channels that come of each"}};
  const OptionList weights = {
      {"depthwise_initializer", &o.depthwise_initializer, "first values of the kernel"},
      {"bias_initializer", &o.bias_initializer, "first values of the bias"},
      {"depthwise_regularizer", &o.depthwise_regularizer, "what the kernel adds to the loss"},
      {"bias_regularizer", &o.bias_regularizer, "what the bias adds to the loss"},
      {"activity_regularizer", &activity_regularizer, "what the outputs add to the loss"},
      {"depthwise_constraint", &o.depthwise_constraint, "on the kernel after each update"},
      {"bias_constraint", &o.bias_constraint, "on the bias after each update"}};
  return multiplier + kernel_window_options(rank_, o) + kernel_layout_options(rank_, o) +
         activation_and_bias_options(o) + weights;
}

}  // namespace kiln::keras
