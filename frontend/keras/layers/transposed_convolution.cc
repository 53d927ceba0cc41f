#include "frontend/keras/layers/transposed_convolution.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/layers/base/kernel_options.h"

namespace kiln::keras {

TransposedConvolution::TransposedConvolution(size_t rank, TransposedConvolutionOptions options)
    : rank_(rank), options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
  activity_regularizer = options_.activity_regularizer;
}

SlidingWindow TransposedConvolution::window() const { return kernel_window(rank_, options_); }

/// As in Keras, from the shapes that TensorFlow's convolution would map to n positions.
int64_t TransposedConvolution::result_extent(size_t i, int64_t n) const {
  if (n == kNone) return kNone;
  const int64_t stride = options_.strides[i];
  const int64_t span = window().span(i);
  const bool same = options_.padding == "same";
  if (options_.output_padding.empty())
    return same ? n * stride : (n - 1) * stride + std::max(span, stride);
  return (n - 1) * stride + (same ? span % 2 : span) + options_.output_padding[i];
}

Status TransposedConvolution::check_output_padding() const {
  if (options_.output_padding.empty()) return ok();
  KILN_TRY(check_extents("output_padding", options_.output_padding, rank_, 0));
  for (size_t i = 0; i < rank_; ++i) {
    const int64_t padding = options_.output_padding[i];
    if (padding >= options_.strides[i]) {
      return Diagnostic{"",
                        fmt::format("output_padding {} must be less than the stride {}", padding,
                                    options_.strides[i]),
                        ""};
    }
    // The way there must have as many positions as the input has elements, however many those are.
    if (window().positions(i, result_extent(i, 2)) == 2) continue;
    return Diagnostic{
        "",
        fmt::format("output_padding {} does not go with kernel_size {}, stride {} and padding "
                    "\"same\"",
                    padding, options_.kernel_size[i], options_.strides[i]),
        ""};
  }
  return ok();
}

Expected<LayerBuild> TransposedConvolution::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_ASSIGN(const int64_t channels, check_kernel_options(rank_, options_, input));
  KILN_TRY(window().check_strides_or_dilation());
  KILN_TRY(check(options_.kernel_initializer));
  KILN_TRY(check_output_padding());
  if (options_.filters <= 0)
    return Diagnostic{"", fmt::format("filters must be positive, not {}", options_.filters), ""};
  ir::Shape kernel = options_.kernel_size.spelled_out(rank_);
  kernel.push_back(options_.filters);
  kernel.push_back(channels);
  ir::Shape shape = input.type.shape;
  shape[static_cast<size_t>(window().channel_dimension())] = options_.filters;
  for (size_t i = 0; i < rank_; ++i) {
    int64_t& extent = shape[static_cast<size_t>(window().spatial_dimension(i))];
    extent = result_extent(i, extent);
  }
  const auto f32 = ir::ElementType::f32;
  return LayerBuild{with_bias({{"kernel",
                                {f32, std::move(kernel)},
                                options_.kernel_initializer,
                                true,
                                options_.kernel_regularizer,
                                options_.kernel_constraint}},
                              options_, options_.filters),
                    {{f32, std::move(shape)}}};
}

/// The input, its elements a stride apart, meets the kernel turned round.
std::vector<Signal> TransposedConvolution::call(CallContext& context,
                                                std::span<const Signal> inputs) const {
  const ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const SlidingWindow there = window();
  ir::Convolution back = convolution_of(there, x.shape());
  std::swap(back.kernel_input_feature, back.kernel_output_feature);
  std::swap(back.window_strides, back.lhs_dilation);
  for (size_t i = 0; i < rank_; ++i) {
    const int64_t n = x.shape()[static_cast<size_t>(there.spatial_dimension(i))];
    const int64_t result = result_extent(i, n);
    back.padding_low[i] = there.span(i) - 1 - there.edges(i, result).low;
    back.padding_high[i] =
        result + there.span(i) - 1 - ((n - 1) * options_.strides[i] + 1) - back.padding_low[i];
  }
  const ir::Tensor kernel = reverse(context.weight("kernel"), back.kernel_spatial);
  return finish(context, convolution(x, kernel, back), options_, there);
}

OptionList TransposedConvolution::option_list() {
  TransposedConvolutionOptions& o = options_;
  const OptionList filters = {{"filters", &o.filters, "how many channels come out", kRequired}};
  const OptionList output_padding = {
      {"output_padding", ExtentsOf{&o.output_padding, rank_},
       "elements added at the end of each dimension; null: what the strides need"}};
  return filters + kernel_window_options(rank_, o) + output_padding +
         kernel_layout_options(rank_, o) + kernel_and_bias_options(o, activity_regularizer);
}

}  // namespace kiln::keras
