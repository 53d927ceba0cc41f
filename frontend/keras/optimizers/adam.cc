#include "frontend/keras/optimizers/adam.h"

#include <nlohmann/json.hpp>

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Adam::slots(const ir::Shape&) const {
  if (amsgrad) return {{Slot{"momentum"}, Slot{"velocity"}}, {Slot{"velocity_hat"}}};
  return {{Slot{"momentum"}, Slot{"velocity"}}};
}

Prepared Adam::prepare(const StepScalars& step) const {
  const Tensor correction_1 = 1.0 - power(beta_1, step.step);
  const Tensor correction_2 = 1.0 - power(beta_2, step.step);
  return {{step.learning_rate * sqrt(correction_2) / correction_1}, {}};
}

WeightUpdate Adam::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor& g = before.gradient;
  const Tensor m = before.slots[0] + (g - before.slots[0]) * (1 - beta_1);
  const Tensor v = before.slots[1] + (before.squared_gradient() - before.slots[1]) * (1 - beta_2);
  WeightUpdate after{{}, {}, {m, v}};
  if (amsgrad) after.slots.push_back(maximum(before.slots[2], v));
  after.weight = before.weight - m * prepared[0] / (sqrt(after.slots.back()) + epsilon);
  return after;
}

void Adam::read_options(ConfigReader& config) {
  beta_1 = config.number("beta_1", beta_1);
  beta_2 = config.number("beta_2", beta_2);
  epsilon = config.number("epsilon", epsilon);
  amsgrad = config.boolean("amsgrad", false);
}

void Adam::write_options(Json& config) const {
  config["beta_1"] = beta_1;
  config["beta_2"] = beta_2;
  config["epsilon"] = epsilon;
  config["amsgrad"] = amsgrad;
}

}  // namespace kiln::keras
