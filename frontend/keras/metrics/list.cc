#include "frontend/keras/metrics/list.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/json/names.h"
#include "frontend/keras/metrics/metrics.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

using Made = std::shared_ptr<MetricRule>;

template <std::derived_from<MetricRule> T>
Made share(T metric) {
  return std::make_shared<T>(std::move(metric));
}

struct MetricClass {
  std::string_view class_name;
  std::string_view meaning;
  Made (*make)();
};

/// All metrics but those that are losses. What has to be said of them is in the files.
constexpr MetricClass kMetrics[] = {
    {"Accuracy", "part of predictions that equal their label",
     [] { return share(metrics::Accuracy()); }},
    {"BinaryAccuracy", "part of predictions on the right side of a threshold",
     [] { return share(metrics::BinaryAccuracy()); }},
    {"CategoricalAccuracy", "part of rows whose largest prediction is the one-hot label",
     [] { return share(metrics::CategoricalAccuracy()); }},
    {"SparseCategoricalAccuracy", "part of rows whose largest prediction is the class number",
     [] { return share(metrics::SparseCategoricalAccuracy()); }},
    {"TopKCategoricalAccuracy", "part of rows with the one-hot label among the k largest",
     [] { return share(metrics::TopKCategoricalAccuracy()); }},
    {"SparseTopKCategoricalAccuracy", "part of rows with the class number among the k largest",
     [] { return share(metrics::SparseTopKCategoricalAccuracy()); }},
    {"Precision", "part of positive predictions that is right",
     [] { return share(metrics::Precision()); }},
    {"Recall", "part of positive labels that is found", [] { return share(metrics::Recall()); }},
    {"TruePositives", "how many positive predictions are right",
     [] { return share(metrics::TruePositives()); }},
    {"FalsePositives", "how many positive predictions are wrong",
     [] { return share(metrics::FalsePositives()); }},
    {"TrueNegatives", "how many negative predictions are right",
     [] { return share(metrics::TrueNegatives()); }},
    {"FalseNegatives", "how many negative predictions are wrong",
     [] { return share(metrics::FalseNegatives()); }},
    {"SensitivityAtSpecificity", "the best sensitivity where the specificity reaches a value",
     [] { return share(metrics::SensitivityAtSpecificity(0)); }},
    {"SpecificityAtSensitivity", "the best specificity where the sensitivity reaches a value",
     [] { return share(metrics::SpecificityAtSensitivity(0)); }},
    {"PrecisionAtRecall", "the best precision where the recall reaches a value",
     [] { return share(metrics::PrecisionAtRecall(0)); }},
    {"RecallAtPrecision", "the best recall where the precision reaches a value",
     [] { return share(metrics::RecallAtPrecision(0)); }},
    {"AUC", "the area under a curve of two ratios over all thresholds",
     [] { return share(metrics::AUC()); }},
    {"F1Score", "the harmonic mean of precision and recall",
     [] { return share(metrics::F1Score()); }},
    {"FBetaScore", "the same, in which recall counts beta times as much",
     [] { return share(metrics::FBetaScore()); }},
    {"IoU", "intersection over union of some classes",
     [] { return share(metrics::IoU(metrics::IoUOptions{})); }},
    {"MeanIoU", "intersection over union of all classes",
     [] { return share(metrics::MeanIoU(0)); }},
    {"OneHotIoU", "intersection over union of some classes, labels one-hot",
     [] { return share(metrics::OneHotIoU(0, {})); }},
    {"OneHotMeanIoU", "intersection over union of all classes, labels one-hot",
     [] { return share(metrics::OneHotMeanIoU(0)); }},
    {"BinaryIoU", "intersection over union of classes 0 and 1",
     [] { return share(metrics::BinaryIoU()); }},
    {"RootMeanSquaredError", "root of the mean of (y - p)²",
     [] { return share(metrics::RootMeanSquaredError()); }},
    {"CosineSimilarity", "the cosine between y and p",
     [] { return share(metrics::CosineSimilarity()); }},
    {"LogCoshError", "mean of log(cosh(p - y))", [] { return share(metrics::LogCoshError()); }},
    {"PearsonCorrelation", "Pearson's coefficient of y and p",
     [] { return share(metrics::PearsonCorrelation()); }},
    {"ConcordanceCorrelation", "Lin's coefficient of y and p",
     [] { return share(metrics::ConcordanceCorrelation()); }},
    {"R2Score", "the coefficient of determination", [] { return share(metrics::R2Score()); }},
};

}  // namespace

Made make_metric(std::string_view identifier) {
  for (const MetricClass& metric : kMetrics) {
    if (metric.class_name == identifier || to_snake_case(metric.class_name) == identifier)
      return metric.make();
  }
  if (!find_loss(identifier)) return nullptr;
  return share(LossMetric(std::string(identifier)));
}

Diagnostic unknown_metric(std::string_view identifier) {
  std::vector<std::string> snake_cases;
  for (const MetricClass& metric : kMetrics)
    snake_cases.push_back(to_snake_case(metric.class_name));
  std::vector<std::string_view> names = loss_names();
  for (const MetricClass& metric : kMetrics) names.push_back(metric.class_name);
  names.insert(names.end(), snake_cases.begin(), snake_cases.end());
  return {"", fmt::format("unknown metric \"{}\"", identifier),
          ir::did_you_mean(identifier, names)};
}

namespace {

ClassReference describe_metric(MetricRule& rule, std::string_view meaning) {
  if (rule.name.empty()) rule.name = to_snake_case(rule.class_name());
  return describe(rule.class_name(), meaning, rule.option_list());
}

}  // namespace

std::vector<ClassReference> metric_reference() {
  std::vector<ClassReference> classes;
  for (const MetricClass& metric : kMetrics)
    classes.push_back(describe_metric(*metric.make(), metric.meaning));
  for (const ClassReference& loss : loss_reference()) {
    const auto is_same = [&](const ClassReference& metric) { return metric.name == loss.name; };
    if (std::ranges::any_of(classes, is_same) || find_loss(loss.name)->joins_rows) continue;
    LossMetric metric(loss.name);
    classes.push_back(describe_metric(metric, loss.meaning));
  }
  return classes;
}

}  // namespace kiln::keras
