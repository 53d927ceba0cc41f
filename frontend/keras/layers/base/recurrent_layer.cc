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

namespace {

std::string state_name(size_t number) { return fmt::format("rnn_state_{}", number); }

}  // namespace

void RecurrentLayer::declare_states(std::span<const ir::Type> states,
                                    std::vector<WeightSpec>& weights) const {
  if (!run().stateful) return;
  for (size_t i = 0; i < states.size(); ++i) {
    WeightSpec& state = weights.emplace_back(WeightSpec{state_name(i), states[i], "Zeros", false});
    state.kind = WeightKind::recurrent_state;
  }
}

std::vector<ir::Tensor> RecurrentLayer::first_states(CallContext& context,
                                                     std::span<const Signal> given,
                                                     std::span<const ir::Type> types) const {
  std::vector<ir::Tensor> states;
  for (const Signal& state : given) states.push_back(convert(state.tensor, ir::ElementType::f32));
  for (size_t i = states.size(); i < types.size(); ++i) {
    states.push_back(run().stateful ? context.weight(state_name(i))
                                    : context.builder.constant(0, types[i]));
  }
  return states;
}

void RecurrentLayer::keep_states(CallContext& context, std::span<const ir::Tensor> states) const {
  if (!run().stateful) return;
  for (size_t i = 0; i < states.size(); ++i) {
    const std::string variable = state_name(i);
    ir::Tensor state = states[i];
    if (context.real_rows) {
      state = select(broadcast_in_dim(context.real_rows, state.shape(), {0}), state,
                     context.weight(variable));
    }
    context.update(variable, state);
  }
}

}  // namespace kiln::keras
