// Adadelta.
#pragma once

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// Zeiler, "ADADELTA: an adaptive learning rate method" (2012): the gradient over the root of its
/// running mean square, times that of the changes.
class Adadelta : public Optimizer {
 public:
  explicit Adadelta(LearningRate rate = 0.001) { learning_rate = std::move(rate); }

  std::string_view class_name() const override { return "Adadelta"; }
  std::vector<std::vector<Slot>> slots(const NamedType& weight) const override;
  WeightUpdate update(const WeightUpdate& before,
                      std::span<const ir::Tensor> prepared) const override;
  OptionList own_options() override;

  double rho = 0.95;
  double epsilon = 1e-7;
};

}  // namespace kiln::keras
