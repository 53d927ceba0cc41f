// The compile_config of Keras's files: the arguments of compile().
#pragma once

#include <string>

#include "frontend/keras/json/json.h"
#include "frontend/keras/model/model.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// Compiles the model as the config says. What cannot be read of it is the model's `unreadable`,
/// whose errors `source` opens.
void read_compile_config(const Json& json, const std::string& source, Model& model);
/// In a file the optimizer must be known.
Json write_compile_config(const CompileOptions& options, ConfigKind kind = ConfigKind::file);

}  // namespace kiln::keras
