#include "frontend/keras/layers/dense.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/one_input.h"

namespace kiln::keras {

Dense::Dense(DenseOptions options) : options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
  activity_regularizer = options_.activity_regularizer;
}

Expected<LayerPointer> Dense::read(ConfigReader& config) {
  DenseOptions options;
  options.units = config.integer("units");
  KILN_ASSIGN(options.activation, read_activation(config, "activation"));
  options.use_bias = config.boolean("use_bias", true);
  KILN_ASSIGN(options.kernel_initializer,
              read_initializer(config, "kernel_initializer", "GlorotUniform"));
  KILN_ASSIGN(options.bias_initializer, read_initializer(config, "bias_initializer", "Zeros"));
  KILN_ASSIGN(options.kernel_regularizer, read_regularizer(config, "kernel_regularizer"));
  KILN_ASSIGN(options.bias_regularizer, read_regularizer(config, "bias_regularizer"));
  KILN_ASSIGN(options.kernel_constraint, read_constraint(config, "kernel_constraint"));
  KILN_ASSIGN(options.bias_constraint, read_constraint(config, "bias_constraint"));
  for (auto key : {"lora_rank", "lora_alpha", "quantization_config"}) config.only(key, {nullptr});
  return LayerPointer(std::make_shared<Dense>(std::move(options)));
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

void Dense::write_config(Json& config) const {
  config["units"] = options_.units;
  config["activation"] = options_.activation.name;
  config["use_bias"] = options_.use_bias;
  config["kernel_initializer"] = write_initializer(options_.kernel_initializer);
  config["bias_initializer"] = write_initializer(options_.bias_initializer);
  config["kernel_regularizer"] = write_regularizer(options_.kernel_regularizer);
  config["bias_regularizer"] = write_regularizer(options_.bias_regularizer);
  config["kernel_constraint"] = write_constraint(options_.kernel_constraint);
  config["bias_constraint"] = write_constraint(options_.bias_constraint);
  config["quantization_config"] = nullptr;
}

}  // namespace kiln::keras
