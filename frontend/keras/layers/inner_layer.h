// Layers that hold another layer: how it stands in their config, and its weights among theirs.
#pragma once

#include <string>
#include <string_view>

#include "frontend/keras/config_reader.h"
#include "frontend/keras/layer.h"
#include "frontend/keras/options/config.h"

namespace kiln::keras {

/// The layer under that key. Null where the key is absent or null.
Expected<LayerPointer> read_inner_layer(ConfigReader& config, std::string_view key);
/// As Keras writes it.
Json write_inner_layer(const Layer& layer, ConfigKind kind = ConfigKind::file);

/// The inner layer's weights as the outer one declares them: "INNER/kernel". `attribute` is what
/// Keras's code calls the inner layer, under which its files keep the weights.
void declare_inner_weights(const Layer& inner, std::string_view attribute,
                           std::vector<WeightSpec> weights, std::vector<WeightSpec>& all);

/// Calls the inner layer with its weights, which are among the outer one's.
std::vector<Signal> call_inner(const Layer& inner, CallContext& context,
                               std::span<const Signal> inputs);

}  // namespace kiln::keras
