#include "frontend/keras/step.h"

namespace kiln::keras {

using ir::Tensor;

Tensor StepBuilder::input(const std::string& name, ir::Type type) {
  return builder_.wrap(function_.add_argument(std::move(type), ir::Binding::plain(name)));
}

void StepBuilder::output(const std::string& name, Tensor value) {
  function_.add_result(value.value, ir::Binding::plain(name));
}

Tensor StepBuilder::read(const std::string& variable) {
  if (auto found = values_.find(variable); found != values_.end()) return found->second;
  const ir::Variable* declared = module_.variable(variable);
  KILN_CHECK(declared != nullptr, "no variable {}", variable);
  const Tensor value =
      builder_.wrap(function_.add_argument(declared->type, ir::Binding::variable(variable)));
  values_.emplace(variable, value);
  return value;
}

void StepBuilder::assign(const std::string& variable, Tensor value) {
  values_.insert_or_assign(variable, value);
  assigned_.insert_or_assign(variable, value);
}

void StepBuilder::finish() {
  for (const ir::Variable& variable : module_.variables) {
    auto found = assigned_.find(variable.name);
    if (found == assigned_.end()) continue;
    function_.add_result(found->second.value, ir::Binding::variable(variable.name));
  }
}

Rows count_rows(Tensor count, int64_t batch) {
  ir::LocationScope scope(*count.builder, "rows");
  const Tensor index = count.builder->iota({ir::ElementType::i32, {batch}}, 0);
  return {compare(index, "LT", count), convert(count, ir::ElementType::f32)};
}

Tensor without_padding(const Rows& rows, Tensor values) {
  const Tensor real = broadcast_in_dim(rows.real, values.shape(), {0});
  return select(real, values, 0.0);
}

std::string variable_name(const Layer& layer, const WeightSpec& weight) {
  return layer.name + "/" + weight.name;
}

std::string metric_prefix(const std::string& metric) { return "metrics/" + metric + "/"; }

namespace {

WeightValues read_weights(const Layer& layer, const std::vector<WeightSpec>& specs,
                          StepBuilder& step) {
  WeightValues weights;
  for (const WeightSpec& spec : specs)
    weights.values.emplace(spec.name, step.read(variable_name(layer, spec)));
  return weights;
}

/// Adds what the layer's outputs cost, for the mean real row, as Keras divides by the batch.
void add_activity_regularization(const Layer& layer, const std::vector<Signal>& outputs,
                                 StepBuilder& step, const Rows& rows) {
  if (!layer.activity_regularizer || !rows.real) return;
  ir::LocationScope scope(step.builder(), "activity_regularizer");
  for (const Signal& output : outputs) {
    step.add_loss(penalty(layer.activity_regularizer, without_padding(rows, output.tensor)) /
                  rows.count);
  }
}

}  // namespace

std::vector<Signal> forward(const Model& model, const Graph& graph, StepBuilder& step,
                            const std::vector<Tensor>& inputs, bool training, const Rows& rows) {
  std::vector<std::vector<Signal>> values(model.nodes.size());
  for (size_t i = 0; i < inputs.size(); ++i) values[model.inputs[i].node] = {Signal{inputs[i], {}}};
  for (size_t i = 0; i < model.nodes.size(); ++i) {
    if (!values[i].empty()) continue;
    const Node& node = model.nodes[i];
    const Layer& layer = *model.layers[node.layer];
    ir::LocationScope scope(step.builder(), layer.name);
    std::vector<Signal> arguments;
    for (const NodeOutput& input : node.inputs)
      arguments.push_back(values[input.node][input.output]);
    WeightValues weights = read_weights(layer, graph.weights[node.layer], step);
    CallContext context{step.builder(), weights, training, rows.real, rows.count};
    values[i] = call_layer(layer, context, arguments);
    add_activity_regularization(layer, values[i], step, rows);
    for (const std::string& name : weights.updated)
      step.assign(layer.name + "/" + name, context.weight(name));
  }
  std::vector<Signal> outputs;
  for (const NodeOutput& output : model.outputs)
    outputs.push_back(values[output.node][output.output]);
  return outputs;
}

void add_weight_regularization(const Model& model, const Graph& graph, StepBuilder& step) {
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = *model.layers[i];
    ir::LocationScope layer_scope(step.builder(), layer.name);
    for (const WeightSpec& weight : graph.weights[i]) {
      if (!weight.regularizer || !weight.trainable) continue;
      ir::LocationScope scope(step.builder(), weight.name + "_regularizer");
      step.add_loss(penalty(weight.regularizer, step.read(variable_name(layer, weight))));
    }
  }
}

Tensor update_mean(StepBuilder& step, const std::string& metric, Tensor total, Tensor count) {
  ir::LocationScope scope(step.builder(), metric);
  const std::string prefix = metric_prefix(metric);
  const Tensor new_total = step.read(prefix + "total") + total;
  const Tensor new_count = step.read(prefix + "count") + count;
  step.assign(prefix + "total", new_total);
  step.assign(prefix + "count", new_count);
  return new_total / new_count;
}

}  // namespace kiln::keras
