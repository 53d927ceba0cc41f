// All layers that kiln knows, by Keras's class names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/options/config.h"
#include "frontend/keras/options/reference.h"

namespace kiln::keras {

/// A layer from its class and its config in a Keras file. `where` opens the errors; the layer's
/// name is added to it.
Expected<LayerPointer> read_layer(std::string_view class_name, const Json& config,
                                  const std::string& where);

/// The layer's config as Keras writes it.
Json write_layer_config(const Layer& layer, ConfigKind kind = ConfigKind::file);

/// The layer as Keras's files have it: {"module": ..., "class_name": ..., "config": ...,
/// "registered_name": ...}.
Json write_layer(const Layer& layer, ConfigKind kind = ConfigKind::file);

/// Every class with its options.
std::vector<ClassReference> layer_reference();

}  // namespace kiln::keras
