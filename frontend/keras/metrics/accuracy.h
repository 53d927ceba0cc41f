// Accuracies: the part of predictions that are right.
#pragma once

#include "frontend/keras/metrics/mean.h"

namespace kiln::keras::metrics {

/// Predictions above the threshold are 1, others 0.
class BinaryAccuracy : public MeanMetric {
 public:
  explicit BinaryAccuracy(double limit = 0.5) : threshold(limit) {}
  std::string_view class_name() const override { return "BinaryAccuracy"; }
  Status check(const ir::Type& labels, const ir::Type& output) const override {
    return expect_labels(output.shape, labels);
  }
  OptionList option_list() override;

  double threshold;

 protected:
  ir::Tensor values(const MetricBatch& batch) const override;
};

/// Right is a class that fewer than k others are ahead of. Labels are one-hot rows.
class TopKCategoricalAccuracy : public MeanMetric {
 public:
  explicit TopKCategoricalAccuracy(int64_t count = 5) : k(count) {}
  std::string_view class_name() const override { return "TopKCategoricalAccuracy"; }
  Status check(const ir::Type& labels, const ir::Type& output) const override;
  OptionList option_list() override;

  int64_t k;

 protected:
  ir::Tensor values(const MetricBatch& batch) const override;
};

/// The same for class numbers.
class SparseTopKCategoricalAccuracy : public TopKCategoricalAccuracy {
 public:
  using TopKCategoricalAccuracy::TopKCategoricalAccuracy;
  std::string_view class_name() const override { return "SparseTopKCategoricalAccuracy"; }
  Status check(const ir::Type& labels, const ir::Type& output) const override;
  OptionList option_list() override;

 protected:
  ir::Tensor values(const MetricBatch& batch) const override;
};

FunctionMetric Accuracy();
FunctionMetric CategoricalAccuracy();
FunctionMetric SparseCategoricalAccuracy();

}  // namespace kiln::keras::metrics
