// RMSprop.
#pragma once

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// Hinton, "Neural networks for machine learning", lecture 6 (2012): the gradient over the root of
/// its running mean square; centered: over its running deviation. Plain momentum, as in Keras.
class RMSprop : public Optimizer {
 public:
  explicit RMSprop(LearningRate rate = 0.001) { learning_rate = std::move(rate); }

  std::string_view class_name() const override { return "RMSprop"; }
  std::vector<std::vector<Slot>> slots(const NamedType& weight) const override;
  WeightUpdate update(const WeightUpdate& before,
                      std::span<const ir::Tensor> prepared) const override;
  OptionList own_options() override;

  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  bool centered = false;
};

}  // namespace kiln::keras
