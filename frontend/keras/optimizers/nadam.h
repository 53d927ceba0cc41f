// Nadam.
#pragma once

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// Dozat, "Incorporating Nesterov momentum into Adam" (2016), with its schedule of momenta.
class Nadam : public Optimizer {
 public:
  explicit Nadam(LearningRate rate = 0.001) { learning_rate = std::move(rate); }

  std::string_view class_name() const override { return "Nadam"; }
  std::vector<std::vector<Slot>> slots(const NamedType& weight) const override;
  std::vector<Slot> own_scalars() const override;
  Prepared prepare(const StepScalars& step) const override;
  WeightUpdate update(const WeightUpdate& before,
                      std::span<const ir::Tensor> prepared) const override;
  OptionList own_options() override;

  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
};

}  // namespace kiln::keras
