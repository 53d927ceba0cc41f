#include "frontend/keras/optimizers/nadam.h"

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Nadam::slots(const NamedType&) const {
  return {{Slot{"momentum"}, Slot{"velocity"}}};
}

/// The product of all momenta so far.
std::vector<Slot> Nadam::own_scalars() const { return {Slot{"u_product", 1}}; }

Prepared Nadam::prepare(const StepScalars& step) const {
  auto momentum_at = [&](Tensor t) { return (1.0 - power(0.96, t) * 0.5) * beta_1; };
  const Tensor now = momentum_at(step.step), next = momentum_at(step.step + 1.0);
  const Tensor product = step.own[0] * now;
  return {{step.learning_rate, next / (1.0 - product * next), (1.0 - now) / (1.0 - product),
           1.0 - power(beta_2, step.step)},
          {product}};
}

WeightUpdate Nadam::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor& g = before.gradient;
  const Tensor m = before.slots[0] + (g - before.slots[0]) * (1 - beta_1);
  const Tensor v = before.slots[1] + (before.squared_gradient() - before.slots[1]) * (1 - beta_2);
  const Tensor m_hat = m * prepared[1] + g * prepared[2];
  const Tensor change = m_hat * prepared[0] / (sqrt(v / prepared[3]) + epsilon);
  return {before.weight - change, {}, {m, v}};
}

OptionList Nadam::own_options() {
  return {{"beta_1", &beta_1, "of the running mean of gradients: how much it keeps in a step"},
          {"beta_2", &beta_2, "of the running mean of their squares: how much it keeps in a step"},
          {"epsilon", &epsilon, "added to what the step is divided by"}};
}

}  // namespace kiln::keras
