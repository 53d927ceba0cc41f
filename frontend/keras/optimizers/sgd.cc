#include "frontend/keras/optimizers/sgd.h"

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> SGD::slots(const NamedType&) const {
  if (momentum == 0) return {};
  return {{Slot{"momentum"}}};
}

WeightUpdate SGD::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor step = before.gradient * prepared[0];
  if (momentum == 0) return {before.weight - step, {}, {}};
  const Tensor velocity = before.slots[0] * momentum - step;
  const Tensor change = nesterov ? velocity * momentum - step : velocity;
  return {before.weight + change, {}, {velocity}};
}

OptionList SGD::own_options() {
  return {{"momentum", &momentum, "how much of the last change comes again, in [0, 1]"},
          {"nesterov", &nesterov, "Nesterov's momentum"}};
}

std::string SGD::objection() const {
  return momentum < 0 || momentum > 1 ? "momentum must lie in [0, 1]" : "";
}

}  // namespace kiln::keras
