#include "frontend/keras/layers/simple_rnn.h"

namespace kiln::keras {

using ir::Tensor;

OptionList SimpleRNN::cell_options(RecurrentOptions& o) const {
  return {{"seed", &o.seed, "of the dropouts' draws; null: the model's", kNotWritten}};
}

std::vector<Tensor> SimpleRNN::step(Tensor x, const std::vector<Tensor>& states,
                                    const Weights& weights) const {
  Tensor h = masked_product(x, weights.kernel, weights.input_masks);
  if (weights.bias) h = h + weights.bias;
  h = h + masked_product(states[0], weights.recurrent_kernel, weights.state_masks);
  return {apply(options().activation, {h, {}}).tensor};
}

}  // namespace kiln::keras
