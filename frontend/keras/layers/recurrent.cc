#include "frontend/keras/layers/recurrent.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/noise.h"
#include "frontend/keras/layers/one_input.h"
#include "frontend/keras/layers/recurrence.h"

namespace kiln::keras {

using ir::Tensor;

namespace {

const auto kFloat = ir::ElementType::f32;

}  // namespace

Recurrent::Recurrent(RecurrentOptions options) : options_(std::move(options)) {
  name = options_.name;
}

Expected<RecurrentOptions> Recurrent::read_options(ConfigReader& config,
                                                   bool has_recurrent_activation) {
  RecurrentOptions options;
  options.units = config.integer("units");
  KILN_ASSIGN(options.activation, read_activation(config, "activation"));
  if (has_recurrent_activation) {
    KILN_ASSIGN(options.recurrent_activation, read_activation(config, "recurrent_activation"));
  }
  options.use_bias = config.boolean("use_bias", true);
  KILN_ASSIGN(options.kernel_initializer,
              read_initializer(config, "kernel_initializer", "GlorotUniform"));
  KILN_ASSIGN(options.recurrent_initializer,
              read_initializer(config, "recurrent_initializer", "Orthogonal"));
  KILN_ASSIGN(options.bias_initializer, read_initializer(config, "bias_initializer", "Zeros"));
  KILN_ASSIGN(options.kernel_regularizer, read_regularizer(config, "kernel_regularizer"));
  KILN_ASSIGN(options.recurrent_regularizer, read_regularizer(config, "recurrent_regularizer"));
  KILN_ASSIGN(options.bias_regularizer, read_regularizer(config, "bias_regularizer"));
  KILN_ASSIGN(options.kernel_constraint, read_constraint(config, "kernel_constraint"));
  KILN_ASSIGN(options.recurrent_constraint, read_constraint(config, "recurrent_constraint"));
  KILN_ASSIGN(options.bias_constraint, read_constraint(config, "bias_constraint"));
  options.dropout = config.number("dropout", 0);
  options.recurrent_dropout = config.number("recurrent_dropout", 0);
  options.seed = config.optional_integer("seed");
  options.return_sequences = config.boolean("return_sequences", false);
  options.return_state = config.boolean("return_state", false);
  options.go_backwards = config.boolean("go_backwards", false);
  options.zero_output_for_mask = config.boolean("zero_output_for_mask", false);
  config.only("stateful", {false});
  // How Keras runs it, not what it computes.
  for (auto key : {"unroll", "use_cudnn", "implementation"}) config.ignore(key);
  return options;
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
    if (shape.size() == 2 && shape[1] == options_.units) continue;
    return Diagnostic{"",
                      fmt::format("needs initial states of shape (batch, {}), gets {} from \"{}\"",
                                  options_.units, show_shape(shape), state.from),
                      ""};
  }
  return ok();
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

std::string Recurrent::weight_name(std::string_view weight) const {
  return fmt::format("{}/{}", cell_name(), weight);
}

Expected<LayerBuild> Recurrent::build(std::span<const LayerInput> inputs) const {
  const RecurrentOptions& o = options_;
  if (o.units <= 0)
    return Diagnostic{"", fmt::format("units must be positive, not {}", o.units), ""};
  KILN_TRY(check(o.activation));
  KILN_TRY(check(o.recurrent_activation));
  for (const auto* initializer :
       {&o.kernel_initializer, &o.recurrent_initializer, &o.bias_initializer})
    KILN_TRY(check(*initializer));
  KILN_TRY(check_dropout());
  KILN_TRY(check_inputs(inputs));
  const ir::Shape& sequence = inputs[0].type.shape;
  const int64_t columns = gate_count() * o.units;
  LayerBuild build;
  auto declare = [&](const char* weight, ir::Shape shape, const Initializer& initializer,
                     const Regularizer& regularizer, const Constraint& constraint) {
    build.weights.push_back({weight_name(weight),
                             {kFloat, std::move(shape)},
                             initializer,
                             true,
                             regularizer,
                             constraint,
                             "cell"});
  };
  declare("kernel", {sequence[2], columns}, o.kernel_initializer, o.kernel_regularizer,
          o.kernel_constraint);
  declare("recurrent_kernel", {o.units, columns}, o.recurrent_initializer, o.recurrent_regularizer,
          o.recurrent_constraint);
  if (o.use_bias) {
    declare("bias", bias_shape(), bias_initializer(), o.bias_regularizer, o.bias_constraint);
  }
  if (o.dropout > 0 || o.recurrent_dropout > 0) build.weights.push_back(generator_state(o.seed));
  const ir::Type state = {kFloat, {sequence[0], o.units}};
  build.outputs = {state};
  if (o.return_sequences) build.outputs = {{kFloat, {sequence[0], sequence[1], o.units}}};
  if (o.return_state) build.outputs.insert(build.outputs.end(), state_count(), state);
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
                                          ir::Shape shape) const {
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

std::vector<Tensor> Recurrent::first_states(CallContext& context,
                                            std::span<const Signal> inputs) const {
  std::vector<Tensor> states;
  for (const Signal& state : inputs.subspan(1)) states.push_back(convert(state.tensor, kFloat));
  const ir::Type type = {kFloat, {inputs[0].tensor.shape()[0], options_.units}};
  while (states.size() < state_count()) states.push_back(context.builder.constant(0, type));
  return states;
}

std::vector<Signal> Recurrent::call(CallContext& context, std::span<const Signal> inputs) const {
  Recurrence recurrence;
  recurrence.sequence = convert(inputs[0].tensor, kFloat);
  // Keras does not look for masks where it is given initial states, too.
  const ir::Shape& shape = recurrence.sequence.shape();
  if (inputs.size() == 1 || context.mask_is_given)
    recurrence.mask = context.mask(inputs[0], {shape[0], shape[1]});
  recurrence.states = first_states(context, inputs);
  for (auto weight : {"kernel", "recurrent_kernel"})
    recurrence.weights.push_back(context.weight(weight_name(weight)));
  if (options_.use_bias) recurrence.weights.push_back(context.weight(weight_name("bias")));
  const std::vector<Tensor> input_masks =
      draw_masks(context, options_.dropout, {shape[0], shape[2]});
  const std::vector<Tensor> state_masks =
      draw_masks(context, options_.recurrent_dropout, {shape[0], options_.units});
  for (const auto* masks : {&input_masks, &state_masks})
    recurrence.weights.insert(recurrence.weights.end(), masks->begin(), masks->end());
  recurrence.backwards = options_.go_backwards;
  recurrence.zero_output_for_mask = options_.zero_output_for_mask;
  recurrence.all_outputs = options_.return_sequences;
  const RecurrenceResults results =
      recur(recurrence,
            [&](Tensor x, const std::vector<Tensor>& states, const std::vector<Tensor>& weights) {
              return step(x, states, weights_of_step(weights, input_masks.size()));
            });
  std::vector<Signal> outputs = {{results.output, {}}};
  if (options_.return_sequences) outputs[0].mask = inputs[0].mask;
  if (options_.return_state) {
    for (const Tensor& state : results.states) outputs.push_back({state, {}});
  }
  return outputs;
}

void Recurrent::write_config(Json& config) const {
  const RecurrentOptions& o = options_;
  config["return_sequences"] = o.return_sequences;
  config["return_state"] = o.return_state;
  config["go_backwards"] = o.go_backwards;
  config["stateful"] = false;
  config["unroll"] = false;
  config["zero_output_for_mask"] = o.zero_output_for_mask;
  config["units"] = o.units;
  config["activation"] = o.activation.name;
  if (has_recurrent_activation()) config["recurrent_activation"] = o.recurrent_activation.name;
  config["use_bias"] = o.use_bias;
  config["kernel_initializer"] = write_initializer(o.kernel_initializer);
  config["recurrent_initializer"] = write_initializer(o.recurrent_initializer);
  config["bias_initializer"] = write_initializer(o.bias_initializer);
  write_bias_options(config);
  config["kernel_regularizer"] = write_regularizer(o.kernel_regularizer);
  config["recurrent_regularizer"] = write_regularizer(o.recurrent_regularizer);
  config["bias_regularizer"] = write_regularizer(o.bias_regularizer);
  config["activity_regularizer"] = write_regularizer(activity_regularizer);
  config["kernel_constraint"] = write_constraint(o.kernel_constraint);
  config["recurrent_constraint"] = write_constraint(o.recurrent_constraint);
  config["bias_constraint"] = write_constraint(o.bias_constraint);
  config["dropout"] = o.dropout;
  config["recurrent_dropout"] = o.recurrent_dropout;
  write_cell_options(config);
}

}  // namespace kiln::keras
