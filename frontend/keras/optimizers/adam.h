// Adam and AdamW.
#pragma once

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// Kingma, Ba, "Adam: a method for stochastic optimization" (2014), in the form before its section
/// 2.1: the bias corrections are in the step size, epsilon is epsilon hat. amsgrad: Reddi, Kale,
/// Kumar, "On the convergence of Adam and beyond" (2018).
class Adam : public Optimizer {
 public:
  explicit Adam(LearningRate rate = 0.001) { learning_rate = std::move(rate); }

  std::string_view class_name() const override { return "Adam"; }
  std::vector<std::vector<Slot>> slots(const NamedType& weight) const override;
  Prepared prepare(const StepScalars& step) const override;
  WeightUpdate update(const WeightUpdate& before,
                      std::span<const ir::Tensor> prepared) const override;
  OptionList own_options() override;

  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;
};

/// Adam with decoupled weight decay: Loshchilov, Hutter, "Decoupled weight decay regularization"
/// (2017).
class AdamW : public Adam {
 public:
  explicit AdamW(LearningRate rate = 0.001, double decay = 0.004) : Adam(std::move(rate)) {
    weight_decay = decay;
  }
  std::string_view class_name() const override { return "AdamW"; }
};

}  // namespace kiln::keras
