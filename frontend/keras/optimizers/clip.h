// Limits to gradients.
#pragma once

#include <vector>

#include "frontend/keras/optimizers/optimizer.h"

namespace kiln::keras {

/// Replaces the gradients by what the optimizer's clipnorm, global_clipnorm or clipvalue leaves.
void clip(const Optimizer& optimizer, std::vector<WeightUpdate>& weights);

}  // namespace kiln::keras
