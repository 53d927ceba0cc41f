#include "frontend/keras/optimizers/ftrl.h"

#include <nlohmann/json.hpp>

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Ftrl::slots(const ir::Shape&) const {
  return {{Slot{"accumulator", initial_accumulator_value}, Slot{"linear"}}};
}

WeightUpdate Ftrl::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor &g = before.gradient, &w = before.weight, &rate = prepared[0];
  const Tensor squares = before.slots[0] + before.squared_gradient();
  const Tensor root = power(squares, -learning_rate_power);
  const Tensor old_root = power(before.slots[0], -learning_rate_power);
  const Tensor shrunk = g + w * (2 * l2_shrinkage_regularization_strength);
  const Tensor linear = before.slots[1] + shrunk - (root - old_root) / rate * w;
  const Tensor quadratic = root / rate + (beta / (rate * 2.0) + l2_regularization_strength) * 2.0;
  const double l1 = l1_regularization_strength;
  const Tensor clipped = minimum(maximum(linear, -l1), l1);
  return {(clipped - linear) / quadratic, {}, {squares, linear}};
}

void Ftrl::read_options(ConfigReader& config) {
  learning_rate_power = config.number("learning_rate_power", learning_rate_power);
  initial_accumulator_value = config.number("initial_accumulator_value", initial_accumulator_value);
  l1_regularization_strength =
      config.number("l1_regularization_strength", l1_regularization_strength);
  l2_regularization_strength =
      config.number("l2_regularization_strength", l2_regularization_strength);
  l2_shrinkage_regularization_strength =
      config.number("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength);
  beta = config.number("beta", beta);
  if (learning_rate_power > 0) config.fail("learning_rate_power must not be positive");
  for (double strength : {initial_accumulator_value, l1_regularization_strength,
                          l2_regularization_strength, l2_shrinkage_regularization_strength}) {
    if (strength < 0) config.fail("initial_accumulator_value and strengths must not be negative");
  }
}

void Ftrl::write_options(Json& config) const {
  config["learning_rate_power"] = learning_rate_power;
  config["initial_accumulator_value"] = initial_accumulator_value;
  config["l1_regularization_strength"] = l1_regularization_strength;
  config["l2_regularization_strength"] = l2_regularization_strength;
  config["l2_shrinkage_regularization_strength"] = l2_shrinkage_regularization_strength;
  config["beta"] = beta;
}

}  // namespace kiln::keras
