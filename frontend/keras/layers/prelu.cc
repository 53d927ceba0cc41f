#include "frontend/keras/layers/prelu.h"

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/axes.h"
#include "frontend/keras/layers/one_input.h"

namespace kiln::keras {

PReLU::PReLU(PReLUOptions options) : options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
}

Expected<LayerPointer> PReLU::read(ConfigReader& config) {
  PReLUOptions options;
  KILN_ASSIGN(options.alpha_initializer, read_initializer(config, "alpha_initializer", "Zeros"));
  KILN_ASSIGN(options.alpha_regularizer, read_regularizer(config, "alpha_regularizer"));
  KILN_ASSIGN(options.alpha_constraint, read_constraint(config, "alpha_constraint"));
  options.shared_axes = read_axes(config, "shared_axes", {});
  return LayerPointer(std::make_shared<PReLU>(std::move(options)));
}

Expected<std::vector<WeightSpec>> PReLU::weights(const LayerInput& input) const {
  KILN_TRY(keras::check(options_.alpha_initializer));
  LayerInput row = input;
  for (int64_t axis : options_.shared_axes) {
    KILN_ASSIGN(const int64_t dimension, resolve_axis(axis, input.type.rank()));
    row.type.shape[static_cast<size_t>(dimension)] = 1;
  }
  ir::Shape shape;
  for (int64_t d = 1; d < row.type.rank(); ++d) {
    KILN_ASSIGN(const int64_t extent, known_extent(row, d));
    shape.push_back(extent);
  }
  return std::vector<WeightSpec>{{"alpha",
                                  {ir::ElementType::f32, std::move(shape)},
                                  options_.alpha_initializer,
                                  true,
                                  options_.alpha_regularizer,
                                  options_.alpha_constraint}};
}

ir::Tensor PReLU::function(CallContext& context, ir::Tensor x) const {
  return maximum(x, 0.0) - context.weight("alpha") * maximum(-x, 0.0);
}

void PReLU::write_config(Json& config) const {
  config["alpha_initializer"] = write_initializer(options_.alpha_initializer);
  config["alpha_regularizer"] = write_regularizer(options_.alpha_regularizer);
  config["alpha_constraint"] = write_constraint(options_.alpha_constraint);
  config["shared_axes"] = options_.shared_axes.empty() ? Json() : Json(options_.shared_axes);
}

}  // namespace kiln::keras
