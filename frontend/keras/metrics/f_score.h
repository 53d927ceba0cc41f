// Means of precision and recall.
#pragma once

#include <optional>

#include "frontend/keras/metrics/metric.h"

namespace kiln::keras::metrics {

struct FScoreOptions {
  /// "micro": of all classes together; "macro": the classes' mean; "weighted": by their labels.
  /// Empty, Keras's default: a number for each class.
  std::string average = "";
  std::optional<double> threshold = {};  ///< empty: the largest of a row is positive
  double beta = 1;                       ///< how much more recall counts
};

class FBetaScore : public MetricRule {
 public:
  explicit FBetaScore(FScoreOptions o = {}) : options(std::move(o)) {}
  std::string_view class_name() const override { return "FBetaScore"; }
  Status check(const ir::Type& labels, const ir::Type& output) const override;
  std::vector<MetricVariable> variables(const ir::Type& output) const override;
  std::vector<ir::Tensor> sums(const MetricBatch& batch) const override;
  ir::Tensor result(std::span<const ir::Tensor> variables) const override;
  OptionList option_list() override;

  FScoreOptions options;

 protected:
  virtual bool has_beta() const { return true; }
};

/// The harmonic mean.
class F1Score : public FBetaScore {
 public:
  explicit F1Score(FScoreOptions options = {}) : FBetaScore(std::move(options)) {}
  std::string_view class_name() const override { return "F1Score"; }

 protected:
  bool has_beta() const override { return false; }
};

}  // namespace kiln::keras::metrics
