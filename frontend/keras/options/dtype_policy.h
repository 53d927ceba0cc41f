// The type that layers compute in, in Keras's files: f32 alone.
#pragma once

#include <string>

#include "frontend/keras/json/json.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// Keras's description of the type that layers compute in.
Json write_dtype_policy();
/// Refuses every other type. `where` opens the errors.
Status check_dtype_policy(const Json& dtype, const std::string& where);

}  // namespace kiln::keras
