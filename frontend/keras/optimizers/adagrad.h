// Adagrad.
#pragma once

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic
/// optimization" (2011): the gradient over the root of the sum of its squares so far.
class Adagrad : public Optimizer {
 public:
  explicit Adagrad(LearningRate rate = 0.001) { learning_rate = std::move(rate); }

  std::string_view class_name() const override { return "Adagrad"; }
  std::vector<std::vector<Slot>> slots(const NamedType& weight) const override;
  WeightUpdate update(const WeightUpdate& before,
                      std::span<const ir::Tensor> prepared) const override;
  OptionList own_options() override;

  double initial_accumulator_value = 0.1;
  double epsilon = 1e-7;
};

}  // namespace kiln::keras
