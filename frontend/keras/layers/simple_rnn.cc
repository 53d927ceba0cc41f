#include "frontend/keras/layers/simple_rnn.h"

namespace kiln::keras {

using ir::Tensor;

Expected<LayerPointer> SimpleRNN::read(ConfigReader& config) {
  KILN_ASSIGN(RecurrentOptions options, read_options(config, false));
  return LayerPointer(std::make_shared<SimpleRNN>(std::move(options)));
}

std::vector<Tensor> SimpleRNN::step(Tensor x, const std::vector<Tensor>& states,
                                    const Weights& weights) const {
  Tensor h = masked_product(x, weights.kernel, weights.input_masks);
  if (weights.bias) h = h + weights.bias;
  h = h + masked_product(states[0], weights.recurrent_kernel, weights.state_masks);
  return {apply(options().activation, {h, {}}).tensor};
}

}  // namespace kiln::keras
