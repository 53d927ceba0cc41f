#include "frontend/keras/lower/step.h"

#include "frontend/keras/model/forward.h"

namespace kiln::keras {

using ir::Tensor;

Tensor StepBuilder::input(const std::string& name, ir::Type type) {
  return builder_.wrap(function_.add_argument(std::move(type), ir::Binding::plain(name)));
}

void StepBuilder::output(const std::string& name, Tensor value) {
  function_.add_result(value.value, ir::Binding::plain(name));
}

/// Null where there is none. The module may have got more variables since it was last asked.
const ir::Variable* StepBuilder::declaration(const std::string& variable) {
  for (size_t i = places_.size(); i < module_.variables.size(); ++i)
    places_.emplace(module_.variables[i].name, i);
  const auto found = places_.find(variable);
  return found == places_.end() ? nullptr : &module_.variables[found->second];
}

Tensor StepBuilder::read(const std::string& variable) {
  if (auto found = values_.find(variable); found != values_.end()) return found->second;
  const ir::Variable* declared = declaration(variable);
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

void StepBuilder::change(const WeightChange& change) {
  assign(change.weight, change.value);
  values_of_weights_[change.weight].push_back(change.value);
}

std::vector<Tensor> StepBuilder::values_of(const std::string& weight) {
  const auto found = values_of_weights_.find(weight);
  return found == values_of_weights_.end() ? std::vector{read(weight)} : found->second;
}

void StepBuilder::finish() {
  std::vector<ir::Value*> results = function_.body.results();
  for (const ir::Variable& variable : module_.variables) {
    auto found = assigned_.find(variable.name);
    if (found == assigned_.end()) continue;
    results.push_back(found->second.value);
    function_.result_bindings.push_back(ir::Binding::variable(variable.name));
  }
  function_.body.set_results(std::move(results));
}

std::string metric_prefix(const std::string& metric) { return "metrics/" + metric + "/"; }

Expected<std::vector<Signal>> run_layers(const Model& model, const Graph& graph, StepBuilder& step,
                                         const std::vector<Tensor>& inputs, bool training,
                                         const Rows& rows) {
  WeightValues weights;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    for (const WeightSpec& spec : graph.weights[i]) {
      const std::string name = variable_name(*model.layers[i], spec);
      weights.values.emplace(name, step.read(name));
    }
  }
  std::vector<Tensor> losses;
  std::optional<Diagnostic> error;
  CallContext context{step.builder(), weights, training, rows.real, rows.count};
  if (rows.real) context.added_losses = &losses;
  context.error = &error;
  std::vector<Signal> signals;
  for (const Tensor& input : inputs) signals.push_back({input, {}});
  std::vector<Signal> outputs = forward(model, context, signals);
  if (error) return in_model(model, *error);
  for (Signal& output : outputs) output.mask = output.own_mask();
  for (const WeightChange& change : weights.changes) step.change(change);
  for (const Tensor& loss : losses) step.add_loss(loss);
  step.lookups() = std::move(weights.lookups);
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

Tensor update_metric(StepBuilder& step, const std::string& name, const MetricRule& rule,
                     const MetricBatch& batch) {
  ir::LocationScope scope(step.builder(), name);
  const std::vector<MetricVariable> variables = rule.variables(batch.p().type());
  const std::vector<Tensor> sums = rule.sums(batch);
  std::vector<Tensor> updated;
  for (size_t i = 0; i < variables.size(); ++i) {
    const std::string variable = metric_prefix(name) + variables[i].name;
    updated.push_back(step.read(variable) + sums[i]);
    step.assign(variable, updated.back());
  }
  return rule.result(updated);
}

}  // namespace kiln::keras
