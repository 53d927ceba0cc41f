// JSON from text, with errors that say where.
#pragma once

#include <string>
#include <string_view>

#include "frontend/keras/json/json.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// Errors are at `source:line:column`. Text nested deeper than any model is refused.
Expected<Json> parse_json(std::string_view text, const std::string& source);

}  // namespace kiln::keras
