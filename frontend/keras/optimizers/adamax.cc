#include "frontend/keras/optimizers/adamax.h"

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Adamax::slots(const NamedType&) const {
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

OptionList Adamax::own_options() {
  return {{"beta_1", &beta_1, "of the running mean of gradients: how much it keeps in a step"},
          {"beta_2", &beta_2, "of the largest gradient: how much it keeps in a step"},
          {"epsilon", &epsilon, "added to what the step is divided by"}};
}

}  // namespace kiln::keras
