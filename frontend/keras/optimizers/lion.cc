#include "frontend/keras/optimizers/lion.h"

#include <nlohmann/json.hpp>

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Lion::slots(const ir::Shape&) const { return {{Slot{"momentum"}}}; }

WeightUpdate Lion::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor &g = before.gradient, &m = before.slots[0];
  const Tensor direction = sign(m * beta_1 + g * (1 - beta_1));
  return {before.weight - direction * prepared[0], {}, {m * beta_2 + g * (1 - beta_2)}};
}

void Lion::read_options(ConfigReader& config) {
  beta_1 = config.number("beta_1", beta_1);
  beta_2 = config.number("beta_2", beta_2);
  if (!(beta_1 > 0 && beta_1 <= 1)) config.fail("beta_1 must lie in (0, 1]");
}

void Lion::write_options(Json& config) const {
  config["beta_1"] = beta_1;
  config["beta_2"] = beta_2;
}

}  // namespace kiln::keras
