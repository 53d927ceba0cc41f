#include "frontend/keras/forward.h"

#include "frontend/keras/step.h"

namespace kiln::keras {
namespace {

/// The weights of one layer, by the names that it gave them.
WeightValues weights_of(const Layer& layer, const WeightValues& model) {
  const std::string prefix = layer.name + "/";
  WeightValues weights;
  for (auto at = model.values.lower_bound(prefix); at != model.values.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    weights.values.emplace(at->first.substr(prefix.size()), at->second);
  }
  return weights;
}

/// Adds what the layer's outputs cost, for the mean real row, as Keras divides by the batch.
void add_activity_regularization(const Layer& layer, const std::vector<Signal>& outputs,
                                 CallContext& context) {
  if (!layer.activity_regularizer || !context.added_losses) return;
  ir::LocationScope scope(context.builder, "activity_regularizer");
  const Rows rows{context.real_rows, context.row_count};
  for (const Signal& output : outputs) {
    context.added_losses->push_back(
        penalty(layer.activity_regularizer, without_padding(rows, output.tensor)) / rows.count);
  }
}

std::vector<Signal> call(const Layer& layer, CallContext& context,
                         std::span<const Signal> arguments) {
  ir::LocationScope scope(context.builder, layer.name);
  WeightValues weights = weights_of(layer, context.weights);
  CallContext of_layer = context.with_weights(weights);
  std::vector<Signal> results = call_layer(layer, of_layer, arguments);
  add_activity_regularization(layer, results, context);
  for (const std::string& name : weights.updated)
    context.update(layer.name + "/" + name, of_layer.weight(name));
  for (Lookup& lookup : weights.lookups) {
    lookup.weight = layer.name + "/" + lookup.weight;
    context.weights.lookups.push_back(std::move(lookup));
  }
  return results;
}

}  // namespace

std::vector<Signal> forward(const Model& model, CallContext& context,
                            std::span<const Signal> inputs) {
  std::vector<std::vector<Signal>> values(model.nodes.size());
  for (size_t i = 0; i < inputs.size(); ++i) values[model.inputs[i].node] = {inputs[i]};
  for (size_t i = 0; i < model.nodes.size(); ++i) {
    if (!values[i].empty()) continue;
    const Node& node = model.nodes[i];
    std::vector<Signal> arguments;
    for (const NodeOutput& input : node.inputs)
      arguments.push_back(values[input.node][input.output]);
    values[i] = call(*model.layers[node.layer], context, arguments);
  }
  std::vector<Signal> outputs;
  for (const NodeOutput& output : model.outputs)
    outputs.push_back(values[output.node][output.output]);
  return outputs;
}

}  // namespace kiln::keras
