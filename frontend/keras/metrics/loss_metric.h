// Losses as metrics.
#pragma once

#include "frontend/keras/losses/losses.h"
#include "frontend/keras/metrics/mean.h"

namespace kiln::keras {

/// The mean of a loss's values, whatever the loss's reduction is.
class LossMetric : public MeanMetric {
 public:
  /// By a name that find_loss() knows.
  explicit LossMetric(std::string identifier) : loss(std::move(identifier)) {}
  std::string_view class_name() const override { return function().class_name; }
  Status check(const ir::Type& labels, const ir::Type& output) const override;
  OptionList option_list() override;

  Loss loss;

 protected:
  ir::Tensor values(const MetricBatch& batch) const override;

 private:
  const LossFunction& function() const { return *find_loss(loss.identifier); }
};

}  // namespace kiln::keras
