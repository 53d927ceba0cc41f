// Reads the text form (see printer.h).
#pragma once

#include <string_view>

#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::ir {

/// Parses and verifies a module. Errors name `file:line:column`, show what was expected and, for a
/// misspelt op, the nearest name.
Expected<Module> parse_module(std::string_view text, std::string_view file = "<text>");

}  // namespace kiln::ir
