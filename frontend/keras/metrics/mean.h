// Metrics that are a mean of values over all rows.
#pragma once

#include "frontend/keras/metrics/metric.h"

namespace kiln::keras {

/// The mean over the rows of each row's mean value, weighted by sample weights. What the
/// prediction's mask hides counts for nothing.
class MeanMetric : public MetricRule {
 public:
  std::vector<MetricVariable> variables(const ir::Type&) const override {
    return {{"total"}, {"count"}};
  }
  std::vector<ir::Tensor> sums(const MetricBatch& batch) const override;
  ir::Tensor result(std::span<const ir::Tensor> variables) const override;

 protected:
  /// f32 [batch, ...]
  virtual ir::Tensor values(const MetricBatch& batch) const = 0;
  /// Whether masks count: as in Keras, where they do for a mean of a function alone.
  virtual bool heeds_mask() const { return true; }
};

/// A mean whose values need no options: a class of Keras's by its name and its function.
class FunctionMetric : public MeanMetric {
 public:
  using Values = ir::Tensor (*)(const MetricBatch& batch);
  /// How labels must look beside an output.
  enum class Labels { like_output, class_numbers, one_hot };

  FunctionMetric(std::string_view class_name, Labels labels, Values values)
      : class_name_(class_name), labels_(labels), values_(values) {}
  std::string_view class_name() const override { return class_name_; }
  Status check(const ir::Type& labels, const ir::Type& output) const override;

 protected:
  ir::Tensor values(const MetricBatch& batch) const override { return values_(batch); }

 private:
  std::string_view class_name_;
  Labels labels_;
  Values values_;
};

/// The shape of labels that are class numbers for that output.
ir::Shape class_shape(const ir::Type& output);

}  // namespace kiln::keras
