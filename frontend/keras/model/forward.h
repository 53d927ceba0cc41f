// A model's layers, one after the other.
#pragma once

#include <span>
#include <vector>

#include "frontend/keras/model/model.h"

namespace kiln::keras {

/// Appends the ops of all layers. `inputs`: one for each of the model's inputs. The context's
/// weights are those of the whole model, called "LAYER/WEIGHT". Gives one signal for each output.
std::vector<Signal> forward(const Model& model, CallContext& context,
                            std::span<const Signal> inputs);

}  // namespace kiln::keras
