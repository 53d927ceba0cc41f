#include "frontend/keras/model/forward.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/model/graph.h"
#include "frontend/keras/model/rows.h"
#include "frontend/keras/operations/operation.h"

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

/// Where operations have made several rows of each of the batch's, [batch * steps, ...], a layer's
/// context counts as many.
void fit_rows(CallContext& context, const Layer& layer, const std::vector<Signal>& arguments) {
  if (!context.real_rows || arguments.empty() || dynamic_cast<const Operation*>(&layer)) return;
  const int64_t batch = context.real_rows.shape()[0], rows = arguments[0].tensor.shape()[0];
  if (rows == batch) return;
  const int64_t times = rows / batch;
  context.real_rows =
      reshape(broadcast_in_dim(context.real_rows, {batch, times}, {0}), {batch * times});
  context.row_count = context.row_count * static_cast<double>(times);
}

/// Where the error of a call is: in the innermost layer.
void locate_error(const Layer& layer, CallContext& context) {
  if (!context.error || !*context.error || !(*context.error)->where.empty()) return;
  (*context.error)->where = fmt::format("layer \"{}\"", layer.name);
}

std::vector<Signal> call(const Layer& layer, CallContext& context,
                         std::span<const Signal> arguments) {
  ir::LocationScope scope(context.builder, layer.name);
  WeightValues weights = weights_of(layer, context.weights);
  CallContext of_layer = context.with_weights(weights);
  std::vector<Signal> results = call_layer(layer, of_layer, arguments);
  locate_error(layer, context);
  add_activity_regularization(layer, results, context);
  for (const WeightChange& change : weights.changes)
    context.update(layer.name + "/" + change.weight, change.value);
  for (Lookup& lookup : weights.lookups) {
    lookup.weight = layer.name + "/" + lookup.weight;
    context.weights.lookups.push_back(std::move(lookup));
  }
  return results;
}

/// Calls one layer after the other.
class Forward {
 public:
  Forward(const Model& model, CallContext& context) : model_(model), context_(context) {}

  std::vector<Signal> run(std::span<const Signal> inputs) {
    values_.resize(model_.nodes.size());
    for (size_t i = 0; i < inputs.size(); ++i)
      values_[model_.inputs[i].node] = {in_own_type(inputs[i], model_.inputs[i].node)};
    for (size_t i = 0; i < model_.nodes.size(); ++i) {
      if (values_[i].empty()) values_[i] = results_of(model_.nodes[i]);
    }
    std::vector<Signal> outputs;
    for (const NodeOutput& output : model_.outputs) outputs.push_back(value(output));
    return outputs;
  }

 private:
  const Signal& value(const NodeOutput& output) const {
    return values_[output.node][output.output];
  }

  /// What arrives at an input that operations read, in the type that it says.
  Signal in_own_type(Signal signal, size_t node) const {
    if (!feeds_operations(model_, node)) return signal;
    const ir::ElementType element = own_element(model_, node);
    if (signal.tensor.type().element != element) signal.tensor = convert(signal.tensor, element);
    return signal;
  }

  std::vector<Signal> results_of(const Node& node) {
    const Layer& layer = *model_.layers[node.layer];
    const std::vector<Signal> arguments = arguments_of(node);
    CallContext context = context_.with_weights(context_.weights);
    fit_rows(context, layer, arguments);
    context.mask_is_given = !node.masks.empty();
    std::vector<Signal> results = call(layer, context, arguments);
    const bool some_are_hidden =
        std::any_of(arguments.begin(), arguments.end(),
                    [](const Signal& argument) { return argument.mask_is_hidden; });
    for (Signal& result : results) result.mask_is_hidden |= some_are_hidden && !layer.takes_mask();
    if (layer.hides_masks()) hide_masks(arguments);
    return results;
  }

  /// What the node's layer is called with. A mask that the node names comes before the tensor's.
  std::vector<Signal> arguments_of(const Node& node) const {
    std::vector<Signal> arguments;
    const Layer& layer = *model_.layers[node.layer];
    for (const NodeOutput& input : node.inputs) {
      Signal signal = value(input);
      const ir::ElementType element = signal.tensor.type().element;
      const ir::ElementType taken = *arriving_element(layer, arguments.size(), element);
      if (taken != element) signal = {convert(signal.tensor, taken), {}, signal.mask};
      arguments.push_back(signal);
    }
    for (size_t i = 0; i < node.masks.size(); ++i) {
      arguments[i].mask = node.masks[i] ? value(*node.masks[i]).tensor : ir::Tensor{};
      arguments[i].mask_is_hidden = false;
    }
    return arguments;
  }

  /// Every signal of those tensors loses its mask.
  void hide_masks(std::span<const Signal> arguments) {
    for (std::vector<Signal>& signals : values_) {
      for (Signal& signal : signals) {
        for (const Signal& argument : arguments)
          signal.mask_is_hidden |= signal.mask && signal.tensor.value == argument.tensor.value;
      }
    }
  }

  const Model& model_;
  CallContext& context_;
  std::vector<std::vector<Signal>> values_;  ///< by node
};

}  // namespace

std::vector<Signal> forward(const Model& model, CallContext& context,
                            std::span<const Signal> inputs) {
  return Forward(model, context).run(inputs);
}

}  // namespace kiln::keras
