// Metrics of numbers that are no loss's mean.
#pragma once

#include "frontend/keras/metrics/mean.h"

namespace kiln::keras::metrics {

/// The root of the mean squared error.
class RootMeanSquaredError : public MeanMetric {
 public:
  std::string_view class_name() const override { return "RootMeanSquaredError"; }
  Status check(const ir::Type& labels, const ir::Type& output) const override {
    return expect_labels(output.shape, labels);
  }
  ir::Tensor result(std::span<const ir::Tensor> variables) const override;

 protected:
  ir::Tensor values(const MetricBatch& batch) const override;
  bool heeds_mask() const override { return false; }
};

/// The coefficient of determination, averaged over the outputs.
class R2Score : public MetricRule {
 public:
  std::string_view class_name() const override { return "R2Score"; }
  Status check(const ir::Type& labels, const ir::Type& output) const override;
  std::vector<MetricVariable> variables(const ir::Type& output) const override;
  std::vector<ir::Tensor> sums(const MetricBatch& batch) const override;
  ir::Tensor result(std::span<const ir::Tensor> variables) const override;
  OptionList option_list() override;

  std::string class_aggregation = "uniform_average";  ///< or "variance_weighted_average", "none"
};

/// How labels and predictions go together along some dimensions; the mean over the others.
class CorrelationMetric : public MeanMetric {
 public:
  Status check(const ir::Type& labels, const ir::Type& output) const override;
  OptionList option_list() override;

  std::vector<int64_t> axis = {-1};

 protected:
  /// The dimensions of a tensor of that rank that `axis` means.
  ir::Integers dimensions(int64_t rank) const;
};

/// Pearson's coefficient.
class PearsonCorrelation : public CorrelationMetric {
 public:
  std::string_view class_name() const override { return "PearsonCorrelation"; }

 protected:
  ir::Tensor values(const MetricBatch& batch) const override;
};

/// Lin's coefficient, as Keras computes it: with the labels' distances to the predictions' mean.
class ConcordanceCorrelation : public CorrelationMetric {
 public:
  std::string_view class_name() const override { return "ConcordanceCorrelation"; }

 protected:
  ir::Tensor values(const MetricBatch& batch) const override;
};

/// The cosine between labels and predictions: the loss of that name, negated.
FunctionMetric CosineSimilarity();
/// The mean logarithm of the error's hyperbolic cosine.
FunctionMetric LogCoshError();

}  // namespace kiln::keras::metrics
