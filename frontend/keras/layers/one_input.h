// What most layers' files need: one input, and the options that every layer with weights has.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "frontend/keras/activations.h"
#include "frontend/keras/config_reader.h"
#include "frontend/keras/layer.h"

namespace kiln::keras {

/// The input of a layer that takes one.
Expected<LayerInput> only_input(std::span<const LayerInput> inputs);

/// "(None, 784)", as Keras writes shapes.
std::string show_shape(const ir::Shape& shape);

/// The config's value under that key, or the default where the key is absent.
Expected<ActivationFunction> read_activation(ConfigReader& config, std::string_view key);
Expected<Initializer> read_initializer(ConfigReader& config, std::string_view key,
                                       std::string_view fallback);

/// Refuses regularizers and constraints of the weights: they would change the training.
void refuse_weight_options(ConfigReader& config, std::initializer_list<std::string_view> weights);
/// Writes them as absent, in Keras's order: all regularizers, then all constraints.
void write_weight_options(Json& config, std::initializer_list<std::string_view> weights);

}  // namespace kiln::keras
