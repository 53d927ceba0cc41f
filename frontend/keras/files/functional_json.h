// The graph of a functional model in Keras's JSON: layers with their inbound nodes, and which of
// their results are the model's inputs and outputs.
#pragma once

#include <string>

#include "frontend/keras/json/json.h"
#include "frontend/keras/model/model.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// The `config` of a model of class Functional. `source` opens the errors.
Expected<Model> read_functional(const Json& config, const std::string& source);

/// One object of a list of layers: a layer, or a model that is one. (model_json.cc)
Expected<LayerPointer> read_layer_object(const Json& json, size_t index, const std::string& source);

}  // namespace kiln::keras
