#include "frontend/keras/optimizers/lion.h"

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Lion::slots(const NamedType&) const { return {{Slot{"momentum"}}}; }

WeightUpdate Lion::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor &g = before.gradient, &m = before.slots[0];
  const Tensor direction = sign(m * beta_1 + g * (1 - beta_1));
  return {before.weight - direction * prepared[0], {}, {m * beta_2 + g * (1 - beta_2)}};
}

OptionList Lion::own_options() {
  return {{"beta_1", &beta_1, "how much the momentum counts for the direction"},
          {"beta_2", &beta_2, "of the momentum: how much it keeps in a step"}};
}

std::string Lion::objection() const {
  return beta_1 > 0 && beta_1 <= 1 ? "" : "beta_1 must lie in (0, 1]";
}

}  // namespace kiln::keras
