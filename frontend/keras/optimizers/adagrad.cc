#include "frontend/keras/optimizers/adagrad.h"

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Adagrad::slots(const NamedType&) const {
  return {{Slot{"accumulator", initial_accumulator_value}}};
}

WeightUpdate Adagrad::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor& g = before.gradient;
  const Tensor squares = before.slots[0] + before.squared_gradient();
  return {before.weight - g * prepared[0] / sqrt(squares + epsilon), {}, {squares}};
}

OptionList Adagrad::own_options() {
  return {
      {"initial_accumulator_value", &initial_accumulator_value, "where the sum of squares begins"},
      {"epsilon", &epsilon, "added to the sum of squares"}};
}

}  // namespace kiln::keras
