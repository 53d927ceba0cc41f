// JSON from text, with errors that say where, and back. Numbers that are not finite stand in it as
// Python's json writes and reads them: NaN, Infinity, -Infinity.
#pragma once

#include <string>
#include <string_view>

#include "frontend/keras/json/json.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// Errors are at `source:line:column`. Text nested deeper than any model is refused.
Expected<Json> parse_json(std::string_view text, const std::string& source);

/// With an indent (in spaces) on several lines, else on one.
std::string write_json(const Json& json, int indent = -1);

}  // namespace kiln::keras
