#include "frontend/keras/optimizers/ftrl.h"

#include <algorithm>

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Ftrl::slots(const NamedType&) const {
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

OptionList Ftrl::own_options() {
  return {
      {"learning_rate_power", &learning_rate_power,
       "how the rate falls with the sum of squares; not positive"},
      {"initial_accumulator_value", &initial_accumulator_value, "where the sum of squares begins"},
      {"l1_regularization_strength", &l1_regularization_strength,
       "factor of the sum of absolute weights"},
      {"l2_regularization_strength", &l2_regularization_strength,
       "factor of the sum of squared weights"},
      {"l2_shrinkage_regularization_strength", &l2_shrinkage_regularization_strength,
       "the same, added to the gradients"},
      {"beta", &beta, "added to the root of the sum of squares"}};
}

std::string Ftrl::objection() const {
  if (learning_rate_power > 0) return "learning_rate_power must not be positive";
  const double least = std::min({initial_accumulator_value, l1_regularization_strength,
                                 l2_regularization_strength, l2_shrinkage_regularization_strength});
  return least < 0 ? "initial_accumulator_value and strengths must not be negative" : "";
}

}  // namespace kiln::keras
