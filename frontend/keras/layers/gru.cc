#include "frontend/keras/layers/gru.h"

namespace kiln::keras {

using ir::Tensor;

namespace {

/// Row `which` of the bias: 0 the input's, 1 the recurrent product's.
Tensor bias_row(Tensor bias, int64_t which) {
  if (bias.rank() == 1) return bias;
  const int64_t columns = bias.shape()[1];
  return reshape(slice(bias, {which, 0}, {which + 1, columns}), {columns});
}

}  // namespace

ir::Shape GRU::bias_shape() const {
  const int64_t columns = gate_count() * options().units;
  return options().reset_after ? ir::Shape{2, columns} : ir::Shape{columns};
}

std::vector<Tensor> GRU::step(Tensor x, const std::vector<Tensor>& states,
                              const Weights& weights) const {
  const Tensor h = states[0];
  const bool after = options().reset_after;
  Tensor input = masked_product(x, weights.kernel, weights.input_masks);
  if (weights.bias) input = input + bias_row(weights.bias, 0);
  std::span<const Tensor> masks = weights.state_masks;
  Tensor kernel = weights.recurrent_kernel, of_candidate = h;
  if (!after) {
    if (!masks.empty()) of_candidate = h * masks[2];
    masks = masks.first(std::min<size_t>(masks.size(), 2));
    kernel = gates(kernel, 0, 2);
  }
  Tensor inner = masked_product(h, kernel, masks);
  if (weights.bias && after) inner = inner + bias_row(weights.bias, 1);
  auto gate = [&](int64_t which) {
    const Tensor from_input = gates(input, which);
    const Tensor sum = from_input + gates(inner, which);
    return apply(options().recurrent_activation, {sum, {}}).tensor;
  };
  const Tensor z = gate(0), r = gate(1);
  const Tensor recurrent =
      after ? r * gates(inner, 2) : dot(r * of_candidate, gates(weights.recurrent_kernel, 2));
  const Tensor candidate = apply(options().activation, {gates(input, 2) + recurrent, {}}).tensor;
  const Tensor kept = z * h;
  return {kept + (1.0 - z) * candidate};
}

OptionList GRU::cell_options(RecurrentOptions& o) const {
  const OptionList own = {{"reset_after", &o.reset_after,
                           "the reset gate applies after the states' product, not before"}};
  return own + Recurrent::cell_options(o);
}

}  // namespace kiln::keras
