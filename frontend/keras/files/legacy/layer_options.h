// What has become of the options of layers.
#pragma once

#include <string>

#include "frontend/keras/json/json.h"

namespace kiln::keras::legacy {

/// Gives a layer, {"class_name": ..., "config": ...}, its class's name of today: Convolution2D is
/// Conv2D, a Merge with the mode `sum` is an Add.
void modernize_class(Json& layer);

/// Rewrites a layer's config. `class_name` is today's; `old`: Keras 1 or 2 wrote it, so that names
/// with another meaning today are meant as of old.
void modernize_layer(const std::string& class_name, bool old, Json& config);

}  // namespace kiln::keras::legacy
