// What most layers' files need: one input of a certain shape.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// The input of a layer that takes one.
Expected<LayerInput> only_input(std::span<const LayerInput> inputs);

/// Whether the input has that many dimensions, the batch included.
Status check_rank(const LayerInput& input, int64_t rank);

}  // namespace kiln::keras
