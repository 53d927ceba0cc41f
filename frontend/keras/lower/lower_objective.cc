#include "frontend/keras/lower/lower_objective.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// f32 in that shape: 1 where a value counts, times its weight. `valid`: in that shape, or null.
Tensor counts(const ir::Shape& shape, Tensor valid, Tensor weights, const Rows& rows) {
  const Tensor ones = valid ? convert(valid, ir::ElementType::f32)
                            : rows.real.builder->constant(1, {ir::ElementType::f32, shape});
  return without_padding(rows, weights ? ones * spread(weights, shape) : ones);
}

/// The value that all rows have together. Sample weights and masks count on the mean.
Tensor joined_loss(const OutputObjective& output, Tensor labels, Tensor weights,
                   const Signal& prediction, const Rows& rows) {
  const Tensor p = without_padding(rows, prediction.tensor);
  const Tensor value =
      output.function->values(*output.loss, without_padding(rows, labels), {p, {}}).values;
  const std::string& reduction = output.loss->reduction;
  const Tensor mask = prediction.mask;
  if ((!weights && !mask) || reduction == "mean_with_sample_weight") return value;
  const ir::Shape shape = mask ? mask.shape() : weights.shape();
  const Tensor total = sum(counts(shape, mask, weights, rows));
  if (reduction == "sum") return value * total;
  return value * quotient(total, sum(counts(shape, mask, {}, rows)));
}

/// The values of one output's loss, masked ones among those that are not valid.
LossValues masked_values(const OutputObjective& output, Tensor labels, const Signal& prediction,
                         const Rows& rows) {
  LossValues result = output.function->values_of(*output.loss, labels, prediction, rows.real);
  if (!prediction.mask) return result;
  result.values = select(prediction.mask, result.values, 0.0);
  result.valid = result.valid ? logical_and(result.valid, prediction.mask) : prediction.mask;
  return result;
}

/// Keras's reduction over the values of all real rows: by how many there are, whatever their
/// weights; by the weights, where the reduction says so; values that are not valid do not count.
Tensor output_loss(const OutputObjective& output, Tensor labels, Tensor weights,
                   const Signal& prediction, const Rows& rows) {
  if (output.function->joins_rows) return joined_loss(output, labels, weights, prediction, rows);
  const LossValues result = masked_values(output, labels, prediction, rows);
  Tensor values = result.values;
  const ir::Shape& shape = values.shape();
  if (weights) values = values * spread(weights, shape);
  const Tensor total = sum(without_padding(rows, values));
  const std::string& reduction = output.loss->reduction;
  if (reduction == "sum") return total;
  if (weights && reduction == "mean_with_sample_weight")
    return quotient(total, sum(counts(shape, result.valid, weights, rows)));
  if (result.valid) return quotient(total, sum(counts(shape, result.valid, {}, rows)));
  const int64_t per_row = values.type().count() / values.shape()[0];
  return total / (per_row == 1 ? rows.count : rows.count * static_cast<double>(per_row));
}

void add_metric(StepBuilder& step, const OutputObjective& output, const OutputMetric& metric,
                Tensor labels, Tensor weights, const Signal& prediction, const Rows& rows) {
  const MetricBatch batch{labels, prediction, rows.real, rows.count,
                          metric.weighted ? weights : Tensor{}};
  const auto rule = rule_of(metric.metric, output.labels(), output.type);
  step.output(metric.log_name, update_metric(step, metric.log_name, *rule, batch));
}

void declare_variables(const std::string& name, const std::vector<MetricVariable>& parts,
                       Variables& variables) {
  for (const MetricVariable& part : parts) {
    variables.declare(metric_prefix(name) + part.name, {ir::ElementType::f32, part.shape},
                      ir::Role::metric, "Zeros", "metrics");
  }
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
    const bool per_row = weights == SampleWeights::per_row || output.function->whole_sequences;
    shape.resize(per_row ? 1 : shape.size() - 1);
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
  const std::vector<MetricVariable> mean = {{"total"}, {"count"}};
  declare_variables("loss", mean, variables);
  for (const OutputObjective& output : objective) {
    if (!output.loss_log_name.empty()) declare_variables(output.loss_log_name, mean, variables);
  }
  for (const OutputObjective& output : objective) {
    for (const OutputMetric& metric : output.metrics) {
      const auto rule = rule_of(metric.metric, output.labels(), output.type);
      declare_variables(metric.log_name, rule->variables(output.type), variables);
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
    for (const OutputMetric& metric : objective[i].metrics) {
      add_metric(step, objective[i], metric, labels.labels[i], labels.sample_weights[i],
                 predictions[i], rows);
    }
  }
}

}  // namespace kiln::keras
