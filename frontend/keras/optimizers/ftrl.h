// Ftrl.
#pragma once

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// McMahan et al., "Ad click prediction: a view from the trenches" (2013): follow the regularized
/// leader; the weight is solved for anew in every step.
class Ftrl : public Optimizer {
 public:
  explicit Ftrl(LearningRate rate = 0.001) { learning_rate = std::move(rate); }

  std::string_view class_name() const override { return "Ftrl"; }
  std::vector<std::vector<Slot>> slots(const NamedType& weight) const override;
  WeightUpdate update(const WeightUpdate& before,
                      std::span<const ir::Tensor> prepared) const override;
  OptionList own_options() override;
  std::string objection() const override;

  double learning_rate_power = -0.5;
  double initial_accumulator_value = 0.1;
  double l1_regularization_strength = 0;
  double l2_regularization_strength = 0;
  double l2_shrinkage_regularization_strength = 0;
  double beta = 0;
};

}  // namespace kiln::keras
