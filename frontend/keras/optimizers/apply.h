// One step of an optimizer, as all of Keras's share it: unscaled and clipped gradients, decayed
// weights, the rule, moving averages, constraints; gradients that accumulate over several steps.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// A variable of an optimizer by its name in the module, "optimizer/dense/kernel/momentum".
struct OptimizerVariable {
  std::string name;
  ir::Type type;
  double initial = 0;
};

inline constexpr const char* kIterations = "optimizer/iterations";
inline constexpr const char* kLearningRate = "optimizer/learning_rate";

/// All variables of an optimizer in the order of Keras's optimizer.variables: iterations (i64), the
/// learning rate unless it is scheduled, slots, the rule's own scalars.
std::vector<OptimizerVariable> optimizer_variables(const Optimizer& optimizer,
                                                   std::span<const NamedType> trainable);

/// The names of a weight's slots in the module, in the order of WeightUpdate::slots for apply().
std::vector<std::string> slot_variables(const Optimizer& optimizer, const NamedType& weight);
/// Those of the rule's own scalars.
std::vector<std::string> own_variables(const Optimizer& optimizer);

/// Everything that a step reads and replaces.
struct OptimizerState {
  ir::Tensor iterations;              ///< i64 scalar: the steps so far
  ir::Tensor learning_rate;           ///< f32 scalar; null: scheduled
  std::vector<ir::Tensor> own;        ///< of own_variables()
  std::vector<WeightUpdate> weights;  ///< slots in the order of slot_variables()
};

/// The state after a step. Gradients are of the loss times loss_scale_factor, if there is one.
OptimizerState apply(const Optimizer& optimizer, OptimizerState before);

/// Where a weight's moving average is kept; only where the optimizer has use_ema.
std::string average_variable(const std::string& weight);

}  // namespace kiln::keras
