#include "frontend/keras/layers/lstm.h"

namespace kiln::keras {

using ir::Tensor;

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

OptionList LSTM::bias_options(RecurrentOptions& o) const {
  return {{"unit_forget_bias", &o.unit_forget_bias, "the forget gate's bias begins as 1"}};
}

}  // namespace kiln::keras
