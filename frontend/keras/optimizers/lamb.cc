#include "frontend/keras/optimizers/lamb.h"

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Lamb::slots(const NamedType&) const {
  return {{Slot{"momentum"}, Slot{"velocity"}}};
}

Prepared Lamb::prepare(const StepScalars& step) const {
  return {{step.learning_rate, 1.0 - power(beta_1, step.step), 1.0 - power(beta_2, step.step)}, {}};
}

WeightUpdate Lamb::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor& g = before.gradient;
  const Tensor m = before.slots[0] + (g - before.slots[0]) * (1 - beta_1);
  const Tensor v = before.slots[1] + (before.squared_gradient() - before.slots[1]) * (1 - beta_2);
  const Tensor change = m / prepared[1] / (sqrt(v / prepared[2]) + epsilon);
  const Tensor weight_length = sqrt(sum(square(before.weight)));
  const Tensor change_length = sqrt(sum(square(change)));
  const Tensor both_move =
      logical_and(compare(weight_length, "GT", 0.0), compare(change_length, "GT", 0.0));
  const Tensor ratio = select(both_move, weight_length / change_length, 1.0);
  return {before.weight - change * (ratio * prepared[0]), {}, {m, v}};
}

OptionList Lamb::own_options() {
  return {{"beta_1", &beta_1, "of the running mean of gradients: how much it keeps in a step"},
          {"beta_2", &beta_2, "of the running mean of their squares: how much it keeps in a step"},
          {"epsilon", &epsilon, "added to what the step is divided by"}};
}

}  // namespace kiln::keras
