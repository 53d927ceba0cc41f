#include "frontend/keras/layers/convolution.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/kernel_options.h"

namespace kiln::keras {

Convolution::Convolution(size_t rank, ConvolutionOptions options)
    : rank_(rank), options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
  activity_regularizer = options_.activity_regularizer;
}

SlidingWindow Convolution::window() const { return kernel_window(rank_, options_); }

Expected<LayerBuild> Convolution::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_ASSIGN(const int64_t channels, check_kernel_options(rank_, options_, input, rank_ == 1));
  KILN_TRY(window().check_strides_or_dilation());
  KILN_TRY(check(options_.kernel_initializer));
  const auto [filters, groups] = std::pair(options_.filters, options_.groups);
  if (filters <= 0 || groups <= 0) {
    return Diagnostic{
        "", fmt::format("filters and groups must be positive, not {} and {}", filters, groups), ""};
  }
  if (filters % groups != 0 || channels % groups != 0) {
    return Diagnostic{"",
                      fmt::format("{} channels from \"{}\" and {} filters do not divide into {} "
                                  "groups",
                                  channels, input.from, filters, groups),
                      ""};
  }
  ir::Shape kernel = options_.kernel_size.spelled_out(rank_);
  kernel.push_back(channels / groups);
  kernel.push_back(filters);
  KILN_ASSIGN(ir::Shape shape, window().result_shape(input, filters));
  const auto f32 = ir::ElementType::f32;
  return LayerBuild{with_bias({{"kernel",
                                {f32, std::move(kernel)},
                                options_.kernel_initializer,
                                true,
                                options_.kernel_regularizer,
                                options_.kernel_constraint}},
                              options_, filters),
                    {{f32, std::move(shape)}}};
}

std::vector<Signal> Convolution::call(CallContext& context, std::span<const Signal> inputs) const {
  const ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  ir::Convolution c = convolution_of(window(), x.shape());
  c.feature_group_count = options_.groups;
  return finish(context, convolution(x, context.weight("kernel"), c), options_, window());
}

OptionList Convolution::option_list() {
  ConvolutionOptions& o = options_;
  const OptionList filters = {{"filters", &o.filters, "how many channels come out", kRequired}};
  const OptionList groups = {{"groups", &o.groups, "runs of channels and filters that do not mix"}};
  const OptionList lora = {{"lora_rank", Fixed{{nullptr}}, "low-rank adaptation", kNotWritten},
                           {"lora_alpha", Fixed{{nullptr}}, "low-rank adaptation", kNotWritten}};
  return filters + kernel_window_options(rank_, o) + kernel_layout_options(rank_, o) + groups +
         kernel_and_bias_options(o, activity_regularizer) + lora;
}

}  // namespace kiln::keras
