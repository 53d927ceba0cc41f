// What most layers' files need: one input, activations and initializers among the options.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "frontend/keras/activations.h"
#include "frontend/keras/config_reader.h"
#include "frontend/keras/layer.h"

namespace kiln::keras {

/// The input of a layer that takes one.
Expected<LayerInput> only_input(std::span<const LayerInput> inputs);

/// Whether the input has that many dimensions, the batch included.
Status check_rank(const LayerInput& input, int64_t rank);

/// "(None, 784)", as Keras writes shapes.
std::string show_shape(const ir::Shape& shape);

/// The config's value under that key, or the default where the key is absent.
Expected<ActivationFunction> read_activation(ConfigReader& config, std::string_view key);
Expected<Initializer> read_initializer(ConfigReader& config, std::string_view key,
                                       std::string_view fallback);

}  // namespace kiln::keras
