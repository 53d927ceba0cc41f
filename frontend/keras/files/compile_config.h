// The compile_config of Keras's files: the arguments of compile().
#pragma once

#include <string>

#include "frontend/keras/json/json.h"
#include "frontend/keras/model/model.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// `source` opens the errors.
Expected<CompileOptions> read_compile_config(const Json& json, const std::string& source);
/// The optimizer must be known.
Json write_compile_config(const CompileOptions& options, ConfigKind kind = ConfigKind::file);

}  // namespace kiln::keras
