#include "frontend/keras/layers/lstm.h"

#include <nlohmann/json.hpp>

namespace kiln::keras {

using ir::Tensor;

Expected<LayerPointer> LSTM::read(ConfigReader& config) {
  KILN_ASSIGN(RecurrentOptions options, read_options(config, true));
  options.unit_forget_bias = config.boolean("unit_forget_bias", true);
  return LayerPointer(std::make_shared<LSTM>(std::move(options)));
}

Initializer LSTM::bias_initializer() const {
  Initializer initializer = options().bias_initializer;
  if (options().unit_forget_bias) initializer.ones = {options().units, 2 * options().units};
  return initializer;
}

std::vector<Tensor> LSTM::step(Tensor x, const std::vector<Tensor>& states,
                               const Weights& weights) const {
  Tensor z = masked_product(x, weights.kernel, weights.input_masks);
  z = z + masked_product(states[0], weights.recurrent_kernel, weights.state_masks);
  if (weights.bias) z = z + weights.bias;
  auto activate = [this](Tensor t) { return apply(options().activation, {t, {}}).tensor; };
  auto gate = [&](int64_t which) {
    return apply(options().recurrent_activation, {gates(z, which), {}}).tensor;
  };
  const Tensor i = gate(0), f = gate(1), candidate = activate(gates(z, 2)), o = gate(3);
  const Tensor kept = f * states[1];
  const Tensor c = kept + i * candidate;
  return {o * activate(c), c};
}

void LSTM::write_bias_options(Json& config) const {
  config["unit_forget_bias"] = options().unit_forget_bias;
}

void LSTM::write_cell_options(Json& config) const {
  config["seed"] = options().seed ? Json(*options().seed) : Json();
}

}  // namespace kiln::keras
