#include "frontend/keras/optimizers/adadelta.h"

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Adadelta::slots(const NamedType&) const {
  return {{Slot{"accumulated_grad"}, Slot{"accumulated_delta_var"}}};
}

WeightUpdate Adadelta::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor& g = before.gradient;
  auto running_mean = [&](Tensor mean, Tensor square) { return mean * rho + square * (1 - rho); };
  auto root = [&](Tensor mean_square) { return sqrt(mean_square + epsilon); };
  const Tensor gradients = running_mean(before.slots[0], before.squared_gradient());
  const Tensor change = root(before.slots[1]) * g / root(gradients);
  return {before.weight - change * prepared[0],
          {},
          {gradients, running_mean(before.slots[1], square(change))}};
}

OptionList Adadelta::own_options() {
  return {{"rho", &rho, "of the running means: how much they keep in a step"},
          {"epsilon", &epsilon, "added to the mean squares"}};
}

}  // namespace kiln::keras
