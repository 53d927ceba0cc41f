// Stochastic gradient descent, with momentum or Nesterov's.
#pragma once

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// velocity = momentum * velocity - learning_rate * gradient; weight += velocity, or, with
/// Nesterov's momentum, weight += momentum * velocity - learning_rate * gradient.
class SGD : public Optimizer {
 public:
  explicit SGD(LearningRate rate = 0.01) { learning_rate = std::move(rate); }

  std::string_view class_name() const override { return "SGD"; }
  std::vector<std::vector<Slot>> slots(const NamedType& weight) const override;
  WeightUpdate update(const WeightUpdate& before,
                      std::span<const ir::Tensor> prepared) const override;
  OptionList own_options() override;
  std::string objection() const override;

  double momentum = 0;
  bool nesterov = false;
};

}  // namespace kiln::keras
