// Metrics that follow from how many predictions above a threshold are right and wrong.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "frontend/keras/metrics/metric.h"
#include "frontend/keras/options/object_kind.h"

namespace kiln::keras {

/// Which predictions count as positive: those strictly above each threshold, of the `top_k` largest
/// of a row, of one class, where that is asked for.
struct ConfusionOptions {
  std::vector<double> thresholds = {0.5};
  std::optional<int64_t> top_k = {};
  std::optional<int64_t> class_id = {};
  bool by_label = false;  ///< each label for itself: [thresholds, labels] instead of one column
};

/// Sums over a batch, f32 [thresholds, labels]; labels is 1 but by label.
struct Confusion {
  ir::Tensor true_positives, false_positives, true_negatives, false_negatives;
};
Confusion confusion_of(const MetricBatch& batch, const ConfusionOptions& options);

/// count thresholds from 0 to 1, in even steps.
std::vector<double> even_thresholds(int64_t count);

/// A metric of some of the four sums, one column for one threshold after the other.
class ConfusionMetric : public MetricRule {
 public:
  Status check(const ir::Type& labels, const ir::Type& output) const override;
  /// All four, in Keras's order.
  std::vector<MetricVariable> variables(const ir::Type& output) const override;
  std::vector<ir::Tensor> sums(const MetricBatch& batch) const override;

 protected:
  virtual ConfusionOptions confusion() const = 0;
};

namespace metrics {

/// Options of counts, Precision and Recall.
struct ThresholdOptions {
  std::optional<double> threshold = {};  ///< empty: 0.5, or none where top_k is set
  std::optional<int64_t> top_k = {};
  std::optional<int64_t> class_id = {};
  std::vector<double> further_thresholds =
      {};                 ///< after the first: the metric has a number for each
  bool has_list = false;  ///< its file has a list, though there be one threshold
};
/// The thresholds as an option: a number or a list.
const ObjectKind& object_kind(const ThresholdOptions*);

/// What Precision, Recall and the counts share.
class ThresholdMetric : public ConfusionMetric {
 public:
  explicit ThresholdMetric(ThresholdOptions o) : options(std::move(o)) {}
  OptionList option_list() override;

  ThresholdOptions options;

 protected:
  ConfusionOptions confusion() const override;
  virtual bool selects_classes() const { return true; }  ///< has top_k and class_id
  /// Of values [thresholds, 1]: a number where there is one threshold.
  ir::Tensor by_threshold(ir::Tensor values) const;
};

/// The part of positive predictions that is right.
class Precision : public ThresholdMetric {
 public:
  explicit Precision(ThresholdOptions options = {}) : ThresholdMetric(std::move(options)) {}
  std::string_view class_name() const override { return "Precision"; }
  ir::Tensor result(std::span<const ir::Tensor> sums) const override;
};

/// The part of positive labels that is found.
class Recall : public ThresholdMetric {
 public:
  explicit Recall(ThresholdOptions options = {}) : ThresholdMetric(std::move(options)) {}
  std::string_view class_name() const override { return "Recall"; }
  ir::Tensor result(std::span<const ir::Tensor> sums) const override;
};

/// One of the four sums.
class Count : public ThresholdMetric {
 public:
  Count(std::string_view class_name, size_t which, double threshold)
      : ThresholdMetric({threshold}), class_name_(class_name), which_(which) {}
  std::string_view class_name() const override { return class_name_; }
  ir::Tensor result(std::span<const ir::Tensor> sums) const override;

 protected:
  bool selects_classes() const override { return false; }

 private:
  std::string_view class_name_;
  size_t which_;
};
Count TruePositives(double threshold = 0.5);
Count FalsePositives(double threshold = 0.5);
Count TrueNegatives(double threshold = 0.5);
Count FalseNegatives(double threshold = 0.5);

/// The best of one ratio among the thresholds at which another reaches a value.
class BestAt : public ConfusionMetric {
 public:
  using Ratio = ir::Tensor (*)(std::span<const ir::Tensor> sums);
  BestAt(std::string_view class_name, std::string_view key, Ratio constrained, Ratio best,
         double reached)
      : value(reached),
        class_name_(class_name),
        key_(key),
        constrained_(constrained),
        best_(best) {}
  std::string_view class_name() const override { return class_name_; }
  Status check(const ir::Type& labels, const ir::Type& output) const override;
  ir::Tensor result(std::span<const ir::Tensor> sums) const override;
  OptionList option_list() override;

  double value;
  int64_t num_thresholds = 200;
  std::optional<int64_t> class_id;

 protected:
  ConfusionOptions confusion() const override;

 private:
  std::string_view class_name_, key_;
  Ratio constrained_, best_;
};
BestAt SensitivityAtSpecificity(double specificity);
BestAt SpecificityAtSensitivity(double sensitivity);
BestAt PrecisionAtRecall(double recall);
BestAt RecallAtPrecision(double precision);

}  // namespace metrics
}  // namespace kiln::keras
