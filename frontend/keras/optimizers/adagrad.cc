#include "frontend/keras/optimizers/adagrad.h"

#include <nlohmann/json.hpp>

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Adagrad::slots(const ir::Shape&) const {
  return {{Slot{"accumulator", initial_accumulator_value}}};
}

WeightUpdate Adagrad::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor& g = before.gradient;
  const Tensor squares = before.slots[0] + before.squared_gradient();
  return {before.weight - g * prepared[0] / sqrt(squares + epsilon), {}, {squares}};
}

void Adagrad::read_options(ConfigReader& config) {
  initial_accumulator_value = config.number("initial_accumulator_value", initial_accumulator_value);
  epsilon = config.number("epsilon", epsilon);
}

void Adagrad::write_options(Json& config) const {
  config["initial_accumulator_value"] = initial_accumulator_value;
  config["epsilon"] = epsilon;
}

}  // namespace kiln::keras
