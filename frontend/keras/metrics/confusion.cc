#include "frontend/keras/metrics/confusion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "frontend/keras/functions/vectors.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// What Keras puts in the place of predictions that are not among the largest.
constexpr double kNoPrediction = -1e10;

/// p, but for the k largest of each row, among equal ones the first.
Tensor only_largest(Tensor p, int64_t k) {
  const int64_t last = p.rank() - 1, n = p.shape().back();
  ir::Shape column = p.shape(), row = p.shape();
  column.push_back(1);
  row.insert(row.end() - 1, 1);
  ir::Shape both = column;
  both.back() = n;
  const Tensor mine = broadcast_to(reshape(p, column), both),
               other = broadcast_to(reshape(p, row), both);
  ir::Builder& builder = *p.builder;
  const ir::Type indices{ir::ElementType::i32, both};
  const Tensor is_before =
      compare(builder.iota(indices, last + 1), "LT", builder.iota(indices, last));
  const Tensor is_ahead =
      logical_or(compare(other, "GT", mine), logical_and(compare(other, "EQ", mine), is_before));
  const Tensor ahead = sum(convert(is_ahead, ir::ElementType::f32), {last + 1});
  return select(compare(ahead, "LT", static_cast<double>(k)), p, kNoPrediction);
}

Tensor only_class(Tensor x, int64_t class_id) {
  ir::Integers starts(x.shape().size(), 0), limits = x.shape();
  starts.back() = class_id;
  limits.back() = class_id + 1;
  return slice(x, std::move(starts), std::move(limits));
}

/// [batch, ...] to [elements, labels], labels 1 but by label.
Tensor table(Tensor x, bool by_label) {
  const int64_t labels = by_label ? x.shape().back() : 1;
  return reshape(x, {x.type().count() / labels, labels});
}

/// Keras puts predictions into buckets where the thresholds are even; the rounding is different.
bool are_even(const std::vector<double>& thresholds) {
  if (thresholds.size() < 3) return false;
  const std::vector<double> even = even_thresholds(static_cast<int64_t>(thresholds.size()));
  for (size_t i = 0; i < even.size(); ++i) {
    if (std::abs(thresholds[i] - even[i]) > kEpsilon + 1e-5 * even[i]) return false;
  }
  return true;
}

/// i1 [thresholds, elements, labels]: which predictions are above which threshold.
Tensor positives(Tensor p, const std::vector<double>& thresholds) {
  const auto count = static_cast<int64_t>(thresholds.size());
  const ir::Shape shape = {count, p.shape()[0], p.shape()[1]};
  ir::Builder& builder = *p.builder;
  if (are_even(thresholds)) {
    Tensor bucket = ceil(minimum(maximum(p, 0.0), 1.0) * static_cast<double>(count - 1)) - 1.0;
    // A threshold below 0 has all predictions above it.
    if (thresholds.front() < 0) bucket = maximum(bucket, 0.0);
    const Tensor index = builder.iota({ir::ElementType::f32, shape}, 0);
    return compare(broadcast_to(bucket, shape), "GE", index);
  }
  ir::Literal limits({ir::ElementType::f32, {count, 1, 1}});
  for (int64_t i = 0; i < count; ++i) limits.set(i, thresholds[static_cast<size_t>(i)]);
  return compare(broadcast_to(p, shape), "GT",
                 broadcast_to(builder.constant(std::move(limits)), shape));
}

}  // namespace

std::vector<double> even_thresholds(int64_t count) {
  std::vector<double> thresholds;
  for (int64_t i = 0; i < count; ++i)
    thresholds.push_back(static_cast<double>(i) / static_cast<double>(count - 1));
  return thresholds;
}

Confusion confusion_of(const MetricBatch& batch, const ConfusionOptions& options) {
  Tensor p = batch.p(), y = like(batch.p(), batch.labels);
  if (options.top_k) p = only_largest(p, *options.top_k);
  if (options.class_id) {
    p = only_class(p, *options.class_id);
    y = only_class(y, *options.class_id);
  }
  const Tensor weights = table(batch.element_weights(p.shape()), options.by_label);
  const Tensor is_true = table(compare(y, "NE", 0.0), options.by_label);
  const Tensor is_positive = positives(table(p, options.by_label), options.thresholds);
  const ir::Shape& shape = is_positive.shape();
  const Tensor right = broadcast_to(select(is_true, weights, 0.0), shape);
  const Tensor wrong = broadcast_to(select(logical_not(is_true), weights, 0.0), shape);
  const Tensor is_negative = logical_not(is_positive);
  auto total = [](Tensor predicate, Tensor x) { return sum(select(predicate, x, 0.0), {1}); };
  return {total(is_positive, right), total(is_positive, wrong), total(is_negative, wrong),
          total(is_negative, right)};
}

Status ConfusionMetric::check(const ir::Type& labels, const ir::Type& output) const {
  const ConfusionOptions options = confusion();
  const int64_t classes = output.shape.back();
  for (double threshold : options.thresholds) {
    if (options.top_k || (threshold >= -kEpsilon && threshold <= 1 + kEpsilon)) continue;
    return Diagnostic{"", fmt::format("thresholds must lie in [0, 1], one is {}", threshold), ""};
  }
  if (options.top_k && (*options.top_k < 1 || *options.top_k > classes)) {
    return Diagnostic{"", fmt::format("top_k must lie in [1, {}], not {}", classes, *options.top_k),
                      ""};
  }
  if (options.class_id && (*options.class_id < 0 || *options.class_id >= classes)) {
    return Diagnostic{
        "", fmt::format("class_id must lie in [0, {}), not {}", classes, *options.class_id), ""};
  }
  return expect_labels(output.shape, labels);
}

std::vector<MetricVariable> ConfusionMetric::variables(const ir::Type& output) const {
  const ConfusionOptions options = confusion();
  const ir::Shape shape = {static_cast<int64_t>(options.thresholds.size()),
                           options.by_label ? output.shape.back() : 1};
  return {{"true_positives", shape},
          {"false_positives", shape},
          {"true_negatives", shape},
          {"false_negatives", shape}};
}

std::vector<Tensor> ConfusionMetric::sums(const MetricBatch& batch) const {
  const Confusion sums = confusion_of(batch, confusion());
  return {sums.true_positives, sums.false_positives, sums.true_negatives, sums.false_negatives};
}

namespace metrics {
namespace {

Tensor precision(std::span<const Tensor> sums) { return quotient(sums[0], sums[0] + sums[1]); }
Tensor sensitivity(std::span<const Tensor> sums) { return quotient(sums[0], sums[0] + sums[3]); }
Tensor specificity(std::span<const Tensor> sums) { return quotient(sums[2], sums[2] + sums[1]); }

void read(ThresholdOptions& options, const OptionReading& from) {
  options.has_list = from.value().is_array();
  options.further_thresholds.clear();
  if (!options.has_list) {
    if (from.config.has(from.key)) options.threshold = from.config.optional_number(from.key);
    return;
  }
  const std::vector<double> thresholds = from.config.numbers(from.key);
  if (thresholds.empty()) return;
  options.threshold = thresholds[0];
  options.further_thresholds.assign(thresholds.begin() + 1, thresholds.end());
}

Json write(const ThresholdOptions& options, ConfigKind) {
  const Json first = options.threshold ? Json(*options.threshold) : Json(nullptr);
  if (!options.has_list && options.further_thresholds.empty()) return first;
  Json list = Json::array({first});
  for (const double threshold : options.further_thresholds) list.push_back(threshold);
  return list;
}

ObjectKind thresholds_kind() {
  ObjectKind kind = object_kind_of<ThresholdOptions, read, write>("number, list or null");
  kind.show_default = [](const void*) { return std::string("null"); };
  return kind;
}

}  // namespace

const ObjectKind& object_kind(const ThresholdOptions*) {
  static const ObjectKind kind = thresholds_kind();
  return kind;
}

ConfusionOptions ThresholdMetric::confusion() const {
  const double threshold = options.threshold.value_or(options.top_k ? kNoPrediction : 0.5);
  std::vector<double> thresholds = {threshold};
  thresholds.insert(thresholds.end(), options.further_thresholds.begin(),
                    options.further_thresholds.end());
  return {std::move(thresholds), options.top_k, options.class_id};
}

Tensor ThresholdMetric::by_threshold(Tensor values) const {
  if (options.further_thresholds.empty()) return reshape(values, {});
  return reshape(values, {static_cast<int64_t>(options.further_thresholds.size()) + 1});
}

OptionList ThresholdMetric::option_list() {
  const OptionList thresholds = {
      {"thresholds", &options,
       "predictions above are positive; null: 0.5, or with top_k none; a list: a "
       "number for each"}};
  const OptionList classes = {
      {"top_k", &options.top_k, "only so many of the largest of a row can be positive"},
      {"class_id", &options.class_id, "only this class counts"}};
  return common_options() + thresholds + (selects_classes() ? classes : OptionList());
}

Tensor Precision::result(std::span<const Tensor> sums) const {
  return by_threshold(precision(sums));
}
Tensor Recall::result(std::span<const Tensor> sums) const {
  return by_threshold(sensitivity(sums));
}
Tensor Count::result(std::span<const Tensor> sums) const { return by_threshold(sums[which_]); }

Count TruePositives(double threshold) { return {"TruePositives", 0, threshold}; }
Count FalsePositives(double threshold) { return {"FalsePositives", 1, threshold}; }
Count TrueNegatives(double threshold) { return {"TrueNegatives", 2, threshold}; }
Count FalseNegatives(double threshold) { return {"FalseNegatives", 3, threshold}; }

BestAt SensitivityAtSpecificity(double value) {
  return {"SensitivityAtSpecificity", "specificity", specificity, sensitivity, value};
}
BestAt SpecificityAtSensitivity(double value) {
  return {"SpecificityAtSensitivity", "sensitivity", sensitivity, specificity, value};
}
BestAt PrecisionAtRecall(double value) {
  return {"PrecisionAtRecall", "recall", sensitivity, precision, value};
}
BestAt RecallAtPrecision(double value) {
  return {"RecallAtPrecision", "precision", precision, sensitivity, value};
}

ConfusionOptions BestAt::confusion() const {
  if (num_thresholds == 1) return {{0.5}, {}, class_id};
  return {even_thresholds(num_thresholds), {}, class_id};
}

Status BestAt::check(const ir::Type& labels, const ir::Type& output) const {
  if (num_thresholds < 1) {
    return Diagnostic{"", fmt::format("num_thresholds must be positive, not {}", num_thresholds),
                      ""};
  }
  if (!(value >= 0 && value <= 1))
    return Diagnostic{"", fmt::format("{} must lie in [0, 1], not {}", key_, value), ""};
  return ConfusionMetric::check(labels, output);
}

Tensor BestAt::result(std::span<const Tensor> sums) const {
  const Tensor reaches = compare(constrained_(sums), "GE", value);
  return reduce(select(reaches, best_(sums), 0.0), "maximum", {0, 1});
}

OptionList BestAt::option_list() {
  const OptionList own = {
      {"class_id", &class_id, "only this class counts"},
      {"num_thresholds", &num_thresholds, "how many thresholds there are, evenly in [0, 1]"},
      {key_, &value, "what the other ratio must reach", kRequired}};
  return common_options() + own;
}

}  // namespace metrics
}  // namespace kiln::keras
