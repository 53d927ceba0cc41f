#include "frontend/keras/layers/base/recurrent_layer.h"

#include <fmt/format.h>

namespace kiln::keras {

Status RecurrentLayer::check_sequence_and_states(std::span<const LayerInput> inputs) const {
  const ir::Type& sequence = inputs[0].type;
  if (sequence.rank() != 3 || sequence.shape[2] == kNone) {
    return Diagnostic{"",
                      fmt::format("needs sequences of shape (batch, time, features), gets {} from "
                                  "\"{}\"",
                                  show_shape(sequence.shape), inputs[0].from),
                      ""};
  }
  for (const LayerInput& state : inputs.subspan(1)) {
    const ir::Shape& shape = state.type.shape;
    if (shape.size() == 2 && shape[1] == output_size()) continue;
    return Diagnostic{"",
                      fmt::format("needs initial states of shape (batch, {}), gets {} from \"{}\"",
                                  output_size(), show_shape(shape), state.from),
                      ""};
  }
  return ok();
}

}  // namespace kiln::keras
