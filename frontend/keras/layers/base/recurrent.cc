#include "frontend/keras/layers/base/recurrent.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/layers/base/noise.h"
#include "frontend/keras/layers/base/one_input.h"
#include "frontend/keras/layers/base/recurrence.h"
#include "frontend/keras/layers/base/recurrent_options.h"

namespace kiln::keras {

using ir::Tensor;

namespace {

const auto kFloat = ir::ElementType::f32;

}  // namespace

OptionList Recurrent::gate_options(RecurrentOptions& o) const {
  return {{"recurrent_activation", &o.recurrent_activation, "of the gates"}};
}

OptionList Recurrent::cell_options(RecurrentOptions& o) const {
  return {{"seed", &o.seed, "of the dropouts' draws; null: the model's"}};
}

Recurrent::Recurrent(RecurrentOptions options) : options_(std::move(options)) {
  name = options_.name;
}

Status Recurrent::check_inputs(std::span<const LayerInput> inputs) const {
  const size_t count = inputs.size();
  if (count != 1 && count != 1 + state_count()) {
    return Diagnostic{"",
                      fmt::format("takes a sequence, or a sequence and {} initial state{}, gets {} "
                                  "inputs",
                                  state_count(), state_count() == 1 ? "" : "s", count),
                      ""};
  }
  return check_sequence_and_states(inputs);
}

// Keras's LSTM and GRU take a rate of 1 for none.
Status Recurrent::check_dropout() const {
  for (const auto& [option, rate] : {std::pair("dropout", options_.dropout),
                                     std::pair("recurrent_dropout", options_.recurrent_dropout)}) {
    if (rate >= 0 && rate < 1) continue;
    return Diagnostic{"", fmt::format("{} must be at least 0 and below 1, not {}", option, rate),
                      ""};
  }
  return ok();
}

std::string Recurrent::cell_class() const { return fmt::format("{}Cell", class_name()); }

Status Recurrent::check_cell() const {
  const RecurrentOptions& o = options_;
  if (o.units <= 0)
    return Diagnostic{"", fmt::format("units must be positive, not {}", o.units), ""};
  KILN_TRY(check(o.activation));
  KILN_TRY(check(o.recurrent_activation));
  for (const auto* initializer :
       {&o.kernel_initializer, &o.recurrent_initializer, &o.bias_initializer})
    KILN_TRY(check(*initializer));
  return check_dropout();
}

std::vector<WeightSpec> Recurrent::weights_of_cell(std::string_view prefix,
                                                   int64_t features) const {
  const RecurrentOptions& o = options_;
  const int64_t columns = gate_count() * o.units;
  return cell_weights(prefix, o, {{features, columns}, {o.units, columns}, bias_shape()},
                      bias_initializer());
}

std::optional<WeightSpec> Recurrent::generator() const {
  if (options_.dropout > 0 || options_.recurrent_dropout > 0) return generator_state(options_.seed);
  return {};
}

Expected<LayerBuild> Recurrent::build(std::span<const LayerInput> inputs) const {
  const RecurrentOptions& o = options_;
  KILN_TRY(check_cell());
  KILN_TRY(check_inputs(inputs));
  const ir::Shape& sequence = inputs[0].type.shape;
  LayerBuild build;
  build.weights = weights_of_cell(cell_name(), sequence[2]);
  if (auto state = generator()) build.weights.push_back(std::move(*state));
  const std::vector<ir::Type> states = state_types(sequence[0]);
  declare_states(states, build.weights);
  build.outputs = {states[0]};
  if (o.return_sequences) build.outputs = {{kFloat, {sequence[0], sequence[1], o.units}}};
  if (o.return_state) build.outputs.insert(build.outputs.end(), states.begin(), states.end());
  return build;
}

Tensor Recurrent::gates(Tensor all, int64_t gate, int64_t count) const {
  ir::Integers starts(all.shape().size(), 0), limits = all.shape();
  starts.back() = gate * options_.units;
  limits.back() = (gate + count) * options_.units;
  return slice(all, starts, limits);
}

Tensor Recurrent::masked_product(Tensor x, Tensor kernel, std::span<const Tensor> masks) const {
  if (masks.empty()) return dot(x, kernel);
  if (masks.size() == 1) return dot(x * masks[0], kernel);
  std::vector<Tensor> products;
  for (size_t gate = 0; gate < masks.size(); ++gate)
    products.push_back(dot(x * masks[gate], gates(kernel, static_cast<int64_t>(gate))));
  return ir::concatenate(products, 1);
}

std::vector<Tensor> Recurrent::draw_masks(CallContext& context, double rate,
                                          const ir::Shape& shape) const {
  std::vector<Tensor> masks;
  if (!context.training || rate == 0) return masks;
  const int64_t count = options_.recurrent_dropout > 0 ? gate_count() : 1;
  const Tensor ones = context.builder.constant(1, {kFloat, shape});
  for (int64_t i = 0; i < count; ++i) masks.push_back(dropout(context, ones, rate, shape));
  return masks;
}

/// From what the recurrence carries into each step.
Recurrent::Weights Recurrent::weights_of_step(std::span<const Tensor> all,
                                              size_t input_masks) const {
  Weights weights{all[0], all[1], options_.use_bias ? all[2] : Tensor{}, {}, {}};
  const auto masks = all.subspan(options_.use_bias ? 3 : 2);
  weights.input_masks.assign(masks.begin(), masks.begin() + static_cast<ptrdiff_t>(input_masks));
  weights.state_masks.assign(masks.begin() + static_cast<ptrdiff_t>(input_masks), masks.end());
  return weights;
}

Recurrent::StepValues Recurrent::step_values(CallContext& context, std::string_view prefix,
                                             int64_t batch, int64_t features) const {
  StepValues step;
  auto add_weight = [&](std::string_view weight) {
    step.values.push_back(context.weight(fmt::format("{}{}", prefix, weight)));
  };
  add_weight("kernel");
  add_weight("recurrent_kernel");
  if (options_.use_bias) add_weight("bias");
  const std::vector<Tensor> input_masks = draw_masks(context, options_.dropout, {batch, features});
  const std::vector<Tensor> state_masks =
      draw_masks(context, options_.recurrent_dropout, {batch, options_.units});
  for (const auto* masks : {&input_masks, &state_masks})
    step.values.insert(step.values.end(), masks->begin(), masks->end());
  step.input_masks = input_masks.size();
  return step;
}

std::vector<ir::Type> Recurrent::state_types(int64_t batch) const {
  return std::vector<ir::Type>(state_count(), {kFloat, {batch, options_.units}});
}

std::vector<Signal> Recurrent::call(CallContext& context, std::span<const Signal> inputs) const {
  Recurrence recurrence;
  recurrence.sequence = convert(inputs[0].tensor, kFloat);
  // Keras does not look for masks where it is given initial states, too.
  const ir::Shape& shape = recurrence.sequence.shape();
  if (inputs.size() == 1 || context.mask_is_given)
    recurrence.mask = context.mask(inputs[0], {shape[0], shape[1]});
  recurrence.states = first_states(context, inputs.subspan(1), state_types(shape[0]));
  const StepValues values =
      step_values(context, fmt::format("{}/", cell_name()), shape[0], shape[2]);
  recurrence.weights = values.values;
  const RecurrenceResults results =
      recur(std::move(recurrence), options_,
            [&](Tensor x, const std::vector<Tensor>& states, const std::vector<Tensor>& weights) {
              return cell_step(x, states, weights, values.input_masks);
            });
  keep_states(context, results.states);
  return outputs_of(results, options_, inputs[0]);
}

OptionList Recurrent::cell_option_list() {
  RecurrentOptions& o = options_;
  const OptionList outputs = {{"units", &o.units, "how many outputs a step has", kRequired},
                              {"activation", &o.activation, "of the outputs"}};
  const OptionList dropouts = {
      {"dropout", &o.dropout, "part of the inputs that is dropped, alike in all steps"},
      {"recurrent_dropout", &o.recurrent_dropout,
       "part of the states that is dropped, alike in all steps"}};
  return outputs + gate_options(o) + cell_initializer_options(o) + bias_options(o) +
         cell_penalty_options(o) + dropouts + cell_options(o);
}

OptionList Recurrent::option_list() {
  RecurrentOptions& o = options_;
  const OptionList how = {{"use_cudnn", Ignored{}, "how Keras runs it", kNotWritten},
                          {"implementation", Ignored{}, "how Keras runs it", kNotWritten}};
  OptionList cell = cell_option_list();
  // Where Keras writes it.
  const auto constraints = std::ranges::find(cell, "kernel_constraint", &Option::key);
  cell.insert(constraints, activity_option(activity_regularizer)[0]);
  return run_options(o) + how + mask_options(o) + cell;
}

}  // namespace kiln::keras
