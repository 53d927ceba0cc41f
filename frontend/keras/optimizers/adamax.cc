#include "frontend/keras/optimizers/adamax.h"

#include <nlohmann/json.hpp>

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Adamax::slots(const ir::Shape&) const {
  return {{Slot{"momentum"}, Slot{"norm"}}};
}

Prepared Adamax::prepare(const StepScalars& step) const {
  return {{step.learning_rate / (1.0 - power(beta_1, step.step))}, {}};
}

WeightUpdate Adamax::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor& g = before.gradient;
  const Tensor m = before.slots[0] + (g - before.slots[0]) * (1 - beta_1);
  const Tensor u = maximum(before.slots[1] * beta_2, abs(g));
  return {before.weight - m * prepared[0] / (u + epsilon), {}, {m, u}};
}

void Adamax::read_options(ConfigReader& config) {
  beta_1 = config.number("beta_1", beta_1);
  beta_2 = config.number("beta_2", beta_2);
  epsilon = config.number("epsilon", epsilon);
}

void Adamax::write_options(Json& config) const {
  config["beta_1"] = beta_1;
  config["beta_2"] = beta_2;
  config["epsilon"] = epsilon;
}

}  // namespace kiln::keras
