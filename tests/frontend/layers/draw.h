// Layers that draw random numbers, while they train.
#pragma once

#include <cstdint>
#include <vector>

#include "frontend/keras/layers/base/layer.h"
#include "ir/literal.h"

namespace kiln::keras {

/// What a layer gives for x while training, the derivative of its sum, and its next state.
struct Drawn {
  std::vector<double> y, gradient;
  ir::Literal state;
};

/// A generator's, behind so many draws.
ir::Literal state_of(int64_t seed, int64_t draws = 0);

/// A call of the layer, whose only weight is its generator's state.
Drawn draw(const Layer& layer, const ir::Literal& x, const ir::Literal& state);

}  // namespace kiln::keras
