#include "frontend/keras/layers/rnn.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "frontend/keras/layers/base/inner_layer.h"
#include "frontend/keras/layers/base/recurrence.h"
#include "frontend/keras/layers/base/recurrent_options.h"

namespace kiln::keras {

using ir::Tensor;

namespace {

constexpr auto kF32 = ir::ElementType::f32;

}  // namespace

RNN::RNN(RNNOptions options) : options_(std::move(options)) {
  name = options_.name;
  options_.cell.fill_in_names();
}

size_t RNN::state_count() const {
  size_t count = 0;
  for (const auto& cell : options_.cell.cells) count += cell->state_count();
  return count;
}

int64_t RNN::output_size() const {
  return options_.cell.cells.empty() ? 0 : options_.cell.cells.back()->output_size();
}

Status RNN::check_inputs(std::span<const LayerInput> inputs) const {
  const auto& cells = options_.cell.cells;
  if (cells.empty()) return Diagnostic{"", "has no cell", ""};
  std::set<std::string> names;
  for (const auto& cell : cells) {
    KILN_TRY(cell->check_cell());
    if (!names.insert(cell->name).second)
      return Diagnostic{"", fmt::format("two of its cells are called \"{}\"", cell->name), ""};
  }
  if (inputs.size() > 1 && cells.size() > 1) {
    return Diagnostic{"", "initial states of StackedRNNCells are not supported",
                      "make each cell an RNN of its own: their states are inputs of their own"};
  }
  if (inputs.size() != 1 && inputs.size() != 1 + state_count()) {
    return Diagnostic{"",
                      fmt::format("takes a sequence, or a sequence and its initial states ({}), "
                                  "gets {} inputs",
                                  state_count(), inputs.size()),
                      ""};
  }
  return check_sequence_and_states(inputs);
}

Expected<LayerBuild> RNN::build(std::span<const LayerInput> inputs) const {
  KILN_TRY(check_inputs(inputs));
  const auto& cells = options_.cell.cells;
  const std::vector<std::string> objects = options_.cell.objects();
  const ir::Shape& sequence = inputs[0].type.shape;
  LayerBuild build;
  std::vector<WeightSpec> generators;
  const std::vector<ir::Type> states = state_types(sequence[0]);
  int64_t features = sequence[2];
  for (size_t i = 0; i < cells.size(); ++i) {
    const Recurrent& cell = *cells[i];
    const std::string prefix = options_.cell.prefix(i);
    for (WeightSpec& weight : cell.weights_of_cell(prefix, features)) {
      weight.object = objects[i];
      weight.trainable = cell.trainable;
      build.weights.push_back(std::move(weight));
    }
    if (auto state = cell.generator()) {
      state->name = fmt::format("{}/{}", prefix, state->name);
      generators.push_back(std::move(*state));
    }
    features = cell.output_size();
  }
  build.weights.insert(build.weights.end(), generators.begin(), generators.end());
  declare_states(states, build.weights);
  build.outputs = {{kF32, {sequence[0], features}}};
  if (options_.return_sequences) build.outputs = {{kF32, {sequence[0], sequence[1], features}}};
  if (options_.return_state)
    build.outputs.insert(build.outputs.end(), states.begin(), states.end());
  return build;
}

std::vector<RNN::Part> RNN::add_values(CallContext& context, Recurrence& recurrence) const {
  const auto& cells = options_.cell.cells;
  const ir::Shape& sequence = recurrence.sequence.shape();
  std::vector<Part> parts;
  int64_t features = sequence[2];
  size_t states = 0;
  for (size_t i = 0; i < cells.size(); ++i) {
    const Recurrent::StepValues values =
        with_inner_weights(options_.cell.prefix(i) + "/", context, [&](CallContext& inside) {
          return cells[i]->step_values(inside, "", sequence[0], features);
        });
    parts.push_back({states, recurrence.weights.size(), values.values.size(), values.input_masks});
    recurrence.weights.insert(recurrence.weights.end(), values.values.begin(), values.values.end());
    states += cells[i]->state_count();
    features = cells[i]->output_size();
  }
  return parts;
}

std::vector<ir::Type> RNN::state_types(int64_t batch) const {
  std::vector<ir::Type> types;
  for (const auto& cell : options_.cell.cells)
    types.insert(types.end(), cell->state_count(), {kF32, {batch, cell->output_size()}});
  return types;
}

std::vector<Tensor> RNN::step(Tensor x, const std::vector<Tensor>& states,
                              const std::vector<Tensor>& values,
                              const std::vector<Part>& parts) const {
  std::vector<Tensor> next;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Recurrent& cell = *options_.cell.cells[i];
    const auto first = states.begin() + static_cast<std::ptrdiff_t>(parts[i].state);
    const std::vector<Tensor> own(first, first + static_cast<std::ptrdiff_t>(cell.state_count()));
    const std::vector<Tensor> after = cell.cell_step(
        x, own, std::span(values).subspan(parts[i].value, parts[i].values), parts[i].input_masks);
    next.insert(next.end(), after.begin(), after.end());
    x = after[0];
  }
  return next;
}

std::vector<Signal> RNN::call(CallContext& context, std::span<const Signal> inputs) const {
  Recurrence recurrence;
  recurrence.sequence = convert(inputs[0].tensor, kF32);
  const ir::Shape& shape = recurrence.sequence.shape();
  // Keras does not look for masks where it is given initial states, too.
  if (inputs.size() == 1 || context.mask_is_given)
    recurrence.mask = context.mask(inputs[0], {shape[0], shape[1]});
  recurrence.states = first_states(context, inputs.subspan(1), state_types(shape[0]));
  const std::vector<Part> parts = add_values(context, recurrence);
  recurrence.output_state = parts.back().state;
  const RecurrenceResults results =
      recur(std::move(recurrence), options_,
            [&](Tensor x, const std::vector<Tensor>& states, const std::vector<Tensor>& values) {
              return step(x, states, values, parts);
            });
  keep_states(context, results.states);
  return outputs_of(results, options_, inputs[0]);
}

OptionList RNN::option_list() {
  RNNOptions& o = options_;
  return run_options(o) + mask_options(o) +
         OptionList{{"cell", &o.cell,
                     "an LSTMCell, GRUCell, SimpleRNNCell, or StackedRNNCells of them", kRequired}};
}

}  // namespace kiln::keras
