// Keras's JSON files, as model.to_json() writes them.
#pragma once

#include <string>
#include <string_view>

#include "frontend/keras/json/json.h"
#include "frontend/keras/model/model.h"
#include "frontend/keras/options/config.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// Reads a model with its compile_config, if it has one. `source` names the text in errors. What
/// kiln does not support and what would change the results is refused, with the layer's name; of
/// the compile_config it is left to what needs it (Model::unreadable).
Expected<Model> parse_model(std::string_view text, const std::string& source = "model.json");

/// The same from a file.
Expected<Model> read_model(const std::string& path);

/// The model as Keras's JSON.
Expected<Json> write_model(const Model& model, ConfigKind kind = ConfigKind::file);
/// Its `config` alone: its name and its layers.
Expected<Json> write_model_config(const Model& model, ConfigKind kind = ConfigKind::file);

/// The model as the text of Keras's JSON, compile_config included; keras.models.model_from_json
/// reads it.
Expected<std::string> to_json(const Model& model);
/// All that the model's code depends on, as text: what to_json() says, and the options that
/// Keras's files do not have. Models are alike where it is equal.
Expected<std::string> definition_of(const Model& model);

}  // namespace kiln::keras
