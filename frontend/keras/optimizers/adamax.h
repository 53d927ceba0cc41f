// Adamax.
#pragma once

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// Kingma, Ba, "Adam: a method for stochastic optimization" (2014), section 7.1: by the largest
/// gradient, which decays, instead of the root of the mean square.
class Adamax : public Optimizer {
 public:
  explicit Adamax(LearningRate rate = 0.001) { learning_rate = std::move(rate); }

  std::string_view class_name() const override { return "Adamax"; }
  std::vector<std::vector<Slot>> slots(const NamedType& weight) const override;
  Prepared prepare(const StepScalars& step) const override;
  WeightUpdate update(const WeightUpdate& before,
                      std::span<const ir::Tensor> prepared) const override;
  OptionList own_options() override;

  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
};

}  // namespace kiln::keras
