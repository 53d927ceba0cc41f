#include "frontend/keras/lower_objective.h"

#include <numeric>

namespace kiln::keras {
namespace {

using ir::Tensor;

/// `weights`, [batch] or [batch, ...], in the shape of `values`.
Tensor spread(Tensor weights, Tensor values) {
  ir::Integers dimensions(static_cast<size_t>(weights.rank()));
  std::iota(dimensions.begin(), dimensions.end(), 0);
  return broadcast_in_dim(weights, values.shape(), dimensions);
}

/// Means over everything but the rows.
Tensor row_means(Tensor values) {
  if (values.rank() == 1) return values;
  ir::Integers dimensions(static_cast<size_t>(values.rank()) - 1);
  std::iota(dimensions.begin(), dimensions.end(), 1);
  return mean(values, std::move(dimensions));
}

/// Keras's reduction over the values of all real rows.
Tensor output_loss(const OutputObjective& output, Tensor labels, Tensor weights,
                   const Signal& prediction, const Rows& rows) {
  Tensor values = output.function->values(*output.loss, labels, prediction);
  if (weights) values = values * spread(weights, values);
  const Tensor total = sum(without_padding(rows, values));
  if (output.loss->reduction == "sum") return total;
  const int64_t per_row = values.type().count() / values.shape()[0];
  return total / (per_row == 1 ? rows.count : rows.count * static_cast<double>(per_row));
}

void add_metric(StepBuilder& step, const OutputMetric& metric, Tensor labels, Tensor weights,
                const Signal& prediction, const Rows& rows) {
  ir::LocationScope scope(step.builder(), metric.log_name);
  Tensor values = metric_values(metric.metric, labels, prediction);
  Tensor count = rows.count;
  if (weights && metric.weighted) {
    values = row_means(values * spread(weights, values));
    count = sum(without_padding(rows, row_means(weights)));
  }
  const Tensor total = sum(without_padding(rows, row_means(values)));
  step.output(metric.log_name, update_mean(step, metric.log_name, total, count));
}

}  // namespace

std::string argument_name(const std::string& kind, const std::string& name, bool several) {
  return several ? kind + "/" + name : kind;
}

Labels add_labels(StepBuilder& step, const Objective& objective, SampleWeights weights) {
  const bool several = objective.size() > 1;
  Labels result{std::vector<Tensor>(objective.size()), std::vector<Tensor>(objective.size())};
  for (size_t i = 0; i < objective.size(); ++i) {
    const OutputObjective& output = objective[i];
    if (output.loss)
      result.labels[i] = step.input(argument_name("y", output.name, several), output.labels());
  }
  if (weights == SampleWeights::none) return result;
  for (size_t i = 0; i < objective.size(); ++i) {
    const OutputObjective& output = objective[i];
    if (!output.loss) continue;
    ir::Shape shape = output.type.shape;
    shape.resize(weights == SampleWeights::per_row ? 1 : shape.size() - 1);
    result.sample_weights[i] = step.input(argument_name("sample_weight", output.name, several),
                                          {ir::ElementType::f32, std::move(shape)});
  }
  return result;
}

BatchLoss batch_loss(StepBuilder& step, const Objective& objective, const Labels& labels,
                     const std::vector<Signal>& predictions, const Rows& rows) {
  BatchLoss result{{}, std::vector<Tensor>(objective.size())};
  for (size_t i = 0; i < objective.size(); ++i) {
    const OutputObjective& output = objective[i];
    if (!output.loss) continue;
    ir::LocationScope scope(step.builder(), std::string(output.function->name));
    const Tensor loss =
        output_loss(output, labels.labels[i], labels.sample_weights[i], predictions[i], rows);
    result.by_output[i] = loss;
    const Tensor part = output.loss_weight == 1 ? loss : loss * output.loss_weight;
    result.total = result.total ? result.total + part : part;
  }
  return result;
}

void declare_means(const Objective& objective, Variables& variables) {
  std::vector<std::string> names = {"loss"};
  for (const OutputObjective& output : objective) {
    if (!output.loss_log_name.empty()) names.push_back(output.loss_log_name);
  }
  for (const OutputObjective& output : objective) {
    for (const OutputMetric& metric : output.metrics) names.push_back(metric.log_name);
  }
  for (const std::string& name : names) {
    for (auto part : {"total", "count"}) {
      variables.declare(metric_prefix(name) + part, {ir::ElementType::f32, {}}, ir::Role::metric,
                        "Zeros", "metrics");
    }
  }
}

void add_means(StepBuilder& step, const Objective& objective, const Labels& labels,
               const std::vector<Signal>& predictions, const BatchLoss& loss, const Rows& rows) {
  ir::LocationScope scope(step.builder(), "metrics");
  step.output("loss", update_mean(step, "loss", loss.total * rows.count, rows.count));
  for (size_t i = 0; i < objective.size(); ++i) {
    const OutputObjective& output = objective[i];
    if (output.loss_log_name.empty()) continue;
    // A batch counts once, however many rows it has: Keras does not know them here.
    const Tensor one = step.builder().constant(1.0, {ir::ElementType::f32, {}});
    step.output(output.loss_log_name,
                update_mean(step, output.loss_log_name, loss.by_output[i], one));
  }
  for (size_t i = 0; i < objective.size(); ++i) {
    for (const OutputMetric& metric : objective[i].metrics)
      add_metric(step, metric, labels.labels[i], labels.sample_weights[i], predictions[i], rows);
  }
}

}  // namespace kiln::keras
