#include "frontend/keras/optimizers/adam.h"

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Adam::slots(const NamedType&) const {
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

OptionList Adam::own_options() {
  return {{"beta_1", &beta_1, "of the running mean of gradients: how much it keeps in a step"},
          {"beta_2", &beta_2, "of the running mean of their squares: how much it keeps in a step"},
          {"epsilon", &epsilon, "added to what the step is divided by"},
          {"amsgrad", &amsgrad, "divide by the largest mean of squares so far"}};
}

}  // namespace kiln::keras
