#include "frontend/keras/optimizers/adadelta.h"

#include <nlohmann/json.hpp>

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> Adadelta::slots(const ir::Shape&) const {
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

void Adadelta::read_options(ConfigReader& config) {
  rho = config.number("rho", rho);
  epsilon = config.number("epsilon", epsilon);
}

void Adadelta::write_options(Json& config) const {
  config["rho"] = rho;
  config["epsilon"] = epsilon;
}

}  // namespace kiln::keras
