// Schedule-free AdamW.
#pragma once

#include <cstdint>

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// A. Defazio et al., "The road less scheduled" (2024): the steps are taken from a point beside the
/// weights (the slot momentum), which lie between it and the mean of all such points.
class ScheduleFreeAdamW : public Optimizer {
 public:
  explicit ScheduleFreeAdamW(LearningRate rate = 0.0025) { learning_rate = std::move(rate); }

  std::string_view class_name() const override { return "ScheduleFreeAdamW"; }
  std::vector<std::vector<Slot>> slots(const NamedType& weight) const override;
  Prepared prepare(const StepScalars& step) const override;
  WeightUpdate update(const WeightUpdate& before,
                      std::span<const ir::Tensor> prepared) const override;
  OptionList own_options() override;

  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-8;
  int64_t warmup_steps = 0;
};

}  // namespace kiln::keras
