#include "frontend/keras/metrics/list.h"

#include <fmt/format.h>

#include "frontend/keras/metrics/metrics.h"
#include "frontend/keras/names.h"
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
  Made (*make)();
};

/// All metrics but those that are losses. What has to be said of them is in the files.
constexpr MetricClass kMetrics[] = {
    {"Accuracy", [] { return share(metrics::Accuracy()); }},
    {"BinaryAccuracy", [] { return share(metrics::BinaryAccuracy()); }},
    {"CategoricalAccuracy", [] { return share(metrics::CategoricalAccuracy()); }},
    {"SparseCategoricalAccuracy", [] { return share(metrics::SparseCategoricalAccuracy()); }},
    {"TopKCategoricalAccuracy", [] { return share(metrics::TopKCategoricalAccuracy()); }},
    {"SparseTopKCategoricalAccuracy",
     [] { return share(metrics::SparseTopKCategoricalAccuracy()); }},
    {"Precision", [] { return share(metrics::Precision()); }},
    {"Recall", [] { return share(metrics::Recall()); }},
    {"TruePositives", [] { return share(metrics::TruePositives()); }},
    {"FalsePositives", [] { return share(metrics::FalsePositives()); }},
    {"TrueNegatives", [] { return share(metrics::TrueNegatives()); }},
    {"FalseNegatives", [] { return share(metrics::FalseNegatives()); }},
    {"SensitivityAtSpecificity", [] { return share(metrics::SensitivityAtSpecificity(0)); }},
    {"SpecificityAtSensitivity", [] { return share(metrics::SpecificityAtSensitivity(0)); }},
    {"PrecisionAtRecall", [] { return share(metrics::PrecisionAtRecall(0)); }},
    {"RecallAtPrecision", [] { return share(metrics::RecallAtPrecision(0)); }},
    {"AUC", [] { return share(metrics::AUC()); }},
    {"F1Score", [] { return share(metrics::F1Score()); }},
    {"FBetaScore", [] { return share(metrics::FBetaScore()); }},
    {"IoU", [] { return share(metrics::IoU(metrics::IoUOptions{})); }},
    {"MeanIoU", [] { return share(metrics::MeanIoU(0)); }},
    {"OneHotIoU", [] { return share(metrics::OneHotIoU(0, {})); }},
    {"OneHotMeanIoU", [] { return share(metrics::OneHotMeanIoU(0)); }},
    {"BinaryIoU", [] { return share(metrics::BinaryIoU()); }},
    {"RootMeanSquaredError", [] { return share(metrics::RootMeanSquaredError()); }},
    {"CosineSimilarity", [] { return share(metrics::CosineSimilarity()); }},
    {"LogCoshError", [] { return share(metrics::LogCoshError()); }},
    {"R2Score", [] { return share(metrics::R2Score()); }},
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

}  // namespace kiln::keras
