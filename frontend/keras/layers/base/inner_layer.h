// Layers that hold another layer: its weights among theirs, and its call.
#pragma once

#include <string>
#include <string_view>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// The inner layer's weights as the outer one declares them: "INNER/kernel". `attribute` is what
/// Keras's code calls the inner layer, under which its files keep the weights.
void declare_inner_weights(const Layer& inner, std::string_view attribute,
                           std::vector<WeightSpec> weights, std::vector<WeightSpec>& all);

/// Calls the inner layer with its weights, which are among the outer one's.
std::vector<Signal> call_inner(const Layer& inner, CallContext& context,
                               std::span<const Signal> inputs);

}  // namespace kiln::keras
