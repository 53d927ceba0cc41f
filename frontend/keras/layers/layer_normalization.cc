#include "frontend/keras/layers/layer_normalization.h"

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/axes.h"
#include "frontend/keras/layers/normalize.h"
#include "frontend/keras/layers/one_input.h"

namespace kiln::keras {

LayerNormalization::LayerNormalization(LayerNormalizationOptions options)
    : options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
}

Expected<LayerPointer> LayerNormalization::read(ConfigReader& config) {
  LayerNormalizationOptions options;
  options.axis = read_axes(config, "axis", {-1});
  options.epsilon = config.number("epsilon", 1e-3);
  config.only("rms_scaling", {false});
  KILN_TRY(read_scale_and_offset(config, options));
  return LayerPointer(std::make_shared<LayerNormalization>(std::move(options)));
}

Expected<LayerBuild> LayerNormalization::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_ASSIGN(const ir::Shape shape, known_extents(input, options_.axis));
  LayerBuild build;
  KILN_ASSIGN(build.weights, scale_and_offset_weights(options_, shape));
  build.outputs = {input.type.with_element(ir::ElementType::f32)};
  return build;
}

std::vector<Signal> LayerNormalization::call(CallContext& context,
                                             std::span<const Signal> inputs) const {
  const ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const std::vector<int64_t> axes = *resolve_axes(options_.axis, x.rank());
  const Moments own = moments(context, x, axes);
  return {{scale_and_offset(context, options_, own.deviation, own.variance, axes), {}}};
}

void LayerNormalization::write_config(Json& config) const {
  config["axis"] = options_.axis;
  config["epsilon"] = options_.epsilon;
  config["center"] = options_.center;
  config["scale"] = options_.scale;
  config["rms_scaling"] = false;
  config["beta_initializer"] = write_initializer(options_.beta_initializer);
  config["gamma_initializer"] = write_initializer(options_.gamma_initializer);
  config["beta_regularizer"] = write_regularizer(options_.beta_regularizer);
  config["gamma_regularizer"] = write_regularizer(options_.gamma_regularizer);
  config["beta_constraint"] = write_constraint(options_.beta_constraint);
  config["gamma_constraint"] = write_constraint(options_.gamma_constraint);
}

}  // namespace kiln::keras
