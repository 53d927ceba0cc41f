// Adafactor.
#pragma once

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// Shazeer, Stern, "Adafactor: adaptive learning rates with sublinear memory cost" (2018): mean
/// squares of a matrix by its rows and columns alone.
class Adafactor : public Optimizer {
 public:
  explicit Adafactor(LearningRate rate = 0.001) { learning_rate = std::move(rate); }

  std::string_view class_name() const override { return "Adafactor"; }
  std::vector<std::vector<Slot>> slots(const NamedType& weight) const override;
  Prepared prepare(const StepScalars& step) const override;
  WeightUpdate update(const WeightUpdate& before,
                      std::span<const ir::Tensor> prepared) const override;
  OptionList own_options() override;

  double beta_2_decay = -0.8;
  double epsilon_1 = 1e-30;
  double epsilon_2 = 1e-3;
  double clip_threshold = 1;
  bool relative_step = true;
};

}  // namespace kiln::keras
