#include "frontend/keras/layers/convolution.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/kernel_options.h"

namespace kiln::keras {

Convolution::Convolution(size_t rank, ConvolutionOptions options)
    : rank_(rank), options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
  activity_regularizer = options_.activity_regularizer;
}

Expected<ConvolutionOptions> Convolution::read_options(ConfigReader& config) {
  ConvolutionOptions options;
  options.filters = config.integer("filters");
  KILN_TRY(read_kernel_options(config, options));
  options.groups = config.integer("groups", 1);
  KILN_TRY(read_kernel_weight(config, options));
  for (auto key : {"lora_rank", "lora_alpha"}) config.only(key, {nullptr});
  return options;
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

void Convolution::write_config(Json& config) const {
  config["filters"] = options_.filters;
  config["kernel_size"] = options_.kernel_size.spelled_out(rank_);
  config["strides"] = options_.strides.spelled_out(rank_);
  config["padding"] = options_.padding;
  config["data_format"] = name_of(options_.data_format);
  config["dilation_rate"] = options_.dilation_rate.spelled_out(rank_);
  config["groups"] = options_.groups;
  write_kernel_and_bias(config, options_, activity_regularizer);
}

}  // namespace kiln::keras
