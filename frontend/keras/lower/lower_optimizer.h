// Lowering of the optimizer: its variables, and its part of a training step.
#pragma once

#include <vector>

#include "frontend/keras/lower/lower_variables.h"
#include "frontend/keras/lower/step.h"
#include "frontend/keras/optimizers/apply.h"

namespace kiln::keras {

/// What the optimizer updates, in Keras's order.
struct TrainableWeights {
  std::vector<NamedType> variables;
  std::vector<bool> regularized;        ///< whether each has a regularizer
  std::vector<Constraint> constraints;  ///< one for each
};

/// Declares the optimizer's variables in the order of Keras's optimizer.variables.
void declare_optimizer(const Optimizer& optimizer, const TrainableWeights& trainable,
                       Variables& variables);

/// Appends the update of the weights' values by the derivatives of `loss`.
void train(const Optimizer& optimizer, const TrainableWeights& trainable, StepBuilder& step,
           ir::Tensor loss);

/// Appends what Keras does at the end of fit where the optimizer has use_ema: the weights become
/// their moving averages.
void finalize(const TrainableWeights& trainable, StepBuilder& step);

}  // namespace kiln::keras
