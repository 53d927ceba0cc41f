// Lamb.
#pragma once

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// You et al., "Large batch optimization for deep learning: training BERT in 76 minutes" (2019):
/// Adam's step, as long as a part of the weight's own length.
class Lamb : public Optimizer {
 public:
  explicit Lamb(LearningRate rate = 0.001) { learning_rate = std::move(rate); }

  std::string_view class_name() const override { return "Lamb"; }
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
