#include "frontend/keras/layers/dense.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

Dense::Dense(DenseOptions options) : options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
  activity_regularizer = options_.activity_regularizer;
}

Expected<LayerBuild> Dense::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check(options_.activation));
  KILN_TRY(check(options_.kernel_initializer));
  KILN_TRY(check(options_.bias_initializer));
  if (options_.units <= 0)
    return Diagnostic{"", fmt::format("units must be positive, not {}", options_.units), ""};
  if (input.type.rank() < 2) {
    return Diagnostic{
        "",
        fmt::format("needs inputs of at least one dimension besides the batch, gets {} from \"{}\"",
                    show_shape(input.type.shape), input.from),
        ""};
  }
  const int64_t n = input.type.shape.back();
  if (n == kNone) {
    return Diagnostic{"",
                      fmt::format("needs a known number of inputs, gets {} from \"{}\"",
                                  show_shape(input.type.shape), input.from),
                      ""};
  }
  if (built_for && !built_for->empty() && built_for->back() != n) {
    return Diagnostic{
        "", fmt::format("expects {} inputs, gets {} from \"{}\"", built_for->back(), n, input.from),
        ""};
  }
  const auto f32 = ir::ElementType::f32;
  LayerBuild build;
  build.weights.push_back({"kernel",
                           {f32, {n, options_.units}},
                           options_.kernel_initializer,
                           true,
                           options_.kernel_regularizer,
                           options_.kernel_constraint});
  if (options_.use_bias) {
    build.weights.push_back({"bias",
                             {f32, {options_.units}},
                             options_.bias_initializer,
                             true,
                             options_.bias_regularizer,
                             options_.bias_constraint});
  }
  ir::Shape shape = input.type.shape;
  shape.back() = options_.units;
  build.outputs.push_back({f32, std::move(shape)});
  return build;
}

std::vector<Signal> Dense::call(CallContext& context, std::span<const Signal> inputs) const {
  ir::Tensor y = dot(convert(inputs[0].tensor, ir::ElementType::f32), context.weight("kernel"));
  if (options_.use_bias) y = y + context.weight("bias");
  return {apply(options_.activation, {y, {}})};
}

OptionList Dense::option_list() {
  DenseOptions& o = options_;
  return {{"units", &o.units, "how many outputs", kRequired},
          {"activation", &o.activation, "applied to the outputs"},
          {"use_bias", &o.use_bias, "add a bias"},
          {"kernel_initializer", &o.kernel_initializer, "first values of the kernel"},
          {"bias_initializer", &o.bias_initializer, "first values of the bias"},
          {"kernel_regularizer", &o.kernel_regularizer, "what the kernel adds to the loss"},
          {"bias_regularizer", &o.bias_regularizer, "what the bias adds to the loss"},
          {"kernel_constraint", &o.kernel_constraint, "on the kernel after each update"},
          {"bias_constraint", &o.bias_constraint, "on the bias after each update"},
          {"lora_rank", Fixed{{nullptr}}, "low-rank adaptation", kNotWritten},
          {"lora_alpha", Fixed{{nullptr}}, "low-rank adaptation", kNotWritten},
          {"quantization_config", Fixed{{nullptr}}, "quantization"}};
}

}  // namespace kiln::keras
