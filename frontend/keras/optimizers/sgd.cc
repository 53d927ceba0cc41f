#include "frontend/keras/optimizers/sgd.h"

#include <nlohmann/json.hpp>

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> SGD::slots(const ir::Shape&) const {
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

void SGD::read_options(ConfigReader& config) {
  momentum = config.number("momentum", 0);
  nesterov = config.boolean("nesterov", false);
  if (momentum < 0 || momentum > 1) config.fail("momentum must lie in [0, 1]");
}

void SGD::write_options(Json& config) const {
  config["momentum"] = momentum;
  config["nesterov"] = nesterov;
}

}  // namespace kiln::keras
