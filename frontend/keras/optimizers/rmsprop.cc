#include "frontend/keras/optimizers/rmsprop.h"

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> RMSprop::slots(const NamedType&) const {
  std::vector<std::vector<Slot>> slots = {{Slot{"velocity"}}};
  if (momentum > 0) slots.push_back({Slot{"momentum"}});
  if (centered) slots.push_back({Slot{"average_gradient"}});
  return slots;
}

WeightUpdate RMSprop::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor& g = before.gradient;
  const Tensor velocity = before.slots[0] * rho + before.squared_gradient() * (1 - rho);
  WeightUpdate after{{}, {}, {velocity}};
  Tensor variance = velocity;
  Tensor average;
  if (centered) {
    average = before.slots.back() * rho + g * (1 - rho);
    variance = velocity - square(average);
  }
  Tensor change = g * prepared[0] / sqrt(variance + epsilon);
  if (momentum > 0) {
    change = before.slots[1] * momentum + change;
    after.slots.push_back(change);
  }
  if (centered) after.slots.push_back(average);
  after.weight = before.weight - change;
  return after;
}

OptionList RMSprop::own_options() {
  return {
      {"rho", &rho, "of the running mean of squares: how much it keeps in a step"},
      {"momentum", &momentum, "how much of the last change comes again"},
      {"epsilon", &epsilon, "added to the mean square"},
      {"centered", &centered, "divide by the deviation of gradients, not by their mean square"}};
}

}  // namespace kiln::keras
