#include "frontend/keras/metrics/regression.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/functions/vectors.h"
#include "frontend/keras/json/shape.h"
#include "frontend/keras/losses/losses.h"

namespace kiln::keras::metrics {
namespace {

using ir::Tensor;

Tensor cosine_values(const MetricBatch& batch) {
  return -cosine_similarity({}, like(batch.p(), batch.labels), batch.prediction).values;
}

Tensor log_cosh_values(const MetricBatch& batch) {
  return log_cosh({}, like(batch.p(), batch.labels), batch.prediction).values;
}

}  // namespace

FunctionMetric CosineSimilarity() {
  return {"CosineSimilarity", FunctionMetric::Labels::like_output, cosine_values};
}
FunctionMetric LogCoshError() {
  FunctionMetric metric("LogCoshError", FunctionMetric::Labels::like_output, log_cosh_values);
  metric.name = "logcosh";
  return metric;
}

ir::Integers CorrelationMetric::dimensions(int64_t rank) const {
  ir::Integers dimensions;
  for (int64_t each : axis) dimensions.push_back(each < 0 ? each + rank : each);
  std::ranges::sort(dimensions);
  return dimensions;
}

Status CorrelationMetric::check(const ir::Type& labels, const ir::Type& output) const {
  const ir::Integers along = dimensions(output.rank());
  const bool fits = !along.empty() && along.front() > 0 && along.back() < output.rank() &&
                    std::ranges::adjacent_find(along) == along.end();
  if (!fits) {
    return Diagnostic{"",
                      fmt::format("axis ({}) must name dimensions of {} after the batch",
                                  fmt::join(axis, ", "), show_shape(output.shape)),
                      ""};
  }
  return expect_labels(output.shape, labels);
}

OptionList CorrelationMetric::option_list() {
  return common_options() + OptionList{{"axis", Axes{&axis}, "the dimensions that are compared"}};
}

Tensor PearsonCorrelation::values(const MetricBatch& batch) const {
  const ir::Integers along = dimensions(batch.p().rank());
  const auto normalized = [&](Tensor x) {
    const Tensor centred = x - mean(x, along, true);
    const Tensor rest = centred - mean(centred, along, true);
    return centred / sqrt(mean(square(rest), along, true));
  };
  return mean(normalized(like(batch.p(), batch.labels)) * normalized(batch.p()), along);
}

Tensor ConcordanceCorrelation::values(const MetricBatch& batch) const {
  const ir::Integers along = dimensions(batch.p().rank());
  const Tensor y = like(batch.p(), batch.labels), p = batch.p();
  const Tensor y_mean = mean(y, along, true), p_mean = mean(p, along, true);
  const auto variance = [&](Tensor centred) {
    return mean(square(centred - mean(centred, along, true)), along, true);
  };
  const Tensor covariance = (y - p_mean) * (p - p_mean);
  const Tensor norm = variance(y - y_mean) + variance(p - p_mean) + square(y_mean - p_mean);
  return mean(covariance * 2.0 / (norm + kEpsilon), along);
}

Tensor RootMeanSquaredError::values(const MetricBatch& batch) const {
  return square(batch.p() - like(batch.p(), batch.labels));
}
Tensor RootMeanSquaredError::result(std::span<const Tensor> variables) const {
  return sqrt(MeanMetric::result(variables));
}

Status R2Score::check(const ir::Type& labels, const ir::Type& output) const {
  if (class_aggregation != "none" && class_aggregation != "uniform_average" &&
      class_aggregation != "variance_weighted_average") {
    return Diagnostic{"",
                      fmt::format("class_aggregation \"{}\" is not supported", class_aggregation),
                      "it is uniform_average, variance_weighted_average or none"};
  }
  if (output.rank() != 2) return Diagnostic{"", "needs an output of two dimensions", ""};
  return expect_labels(output.shape, labels);
}

std::vector<MetricVariable> R2Score::variables(const ir::Type& output) const {
  const ir::Shape shape = {output.shape.back()};
  return {{"squared_sum", shape}, {"sum", shape}, {"residual", shape}, {"count", shape}};
}

std::vector<Tensor> R2Score::sums(const MetricBatch& batch) const {
  const Tensor y = like(batch.p(), batch.labels), weights = batch.element_weights(y.shape());
  auto total = [&](Tensor x) { return sum(batch.without_padding(x) * weights, {0}); };
  return {total(square(y)), total(y), total(square(y - batch.p())), sum(weights, {0})};
}

Tensor R2Score::result(std::span<const Tensor> variables) const {
  const Tensor &squares = variables[0], &sums = variables[1], &count = variables[3];
  const Tensor variance = squares - sums * (sums / count);
  const Tensor raw = 1.0 - variables[2] / variance;
  const Tensor infinite = logical_and(compare(raw, "EQ", raw), logical_not(is_finite(raw)));
  const Tensor scores = select(logical_not(infinite), raw, 0.0);
  if (class_aggregation == "none") return scores;
  if (class_aggregation == "uniform_average") return mean(scores, {0});
  return sum(variance * scores) / sum(variance);
}

OptionList R2Score::option_list() {
  const OptionList own = {
      {"class_aggregation", NullableText{&class_aggregation, "none"},
       "of the outputs: \"uniform_average\" or \"variance_weighted_average\"; null: a "
       "number for each"},
      {"num_regressors", Fixed{{0}}, "of the adjusted score"}};
  return common_options() + own;
}
}  // namespace kiln::keras::metrics
