// Lion.
#pragma once

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// Chen et al., "Symbolic discovery of optimization algorithms" (2023): steps of one size, in the
/// direction of the sign of a mean of gradient and momentum.
class Lion : public Optimizer {
 public:
  explicit Lion(LearningRate rate = 0.001) { learning_rate = std::move(rate); }

  std::string_view class_name() const override { return "Lion"; }
  std::vector<std::vector<Slot>> slots(const NamedType& weight) const override;
  WeightUpdate update(const WeightUpdate& before,
                      std::span<const ir::Tensor> prepared) const override;
  OptionList own_options() override;
  std::string objection() const override;

  double beta_1 = 0.9;
  double beta_2 = 0.99;
};

}  // namespace kiln::keras
