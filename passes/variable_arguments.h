// A function's arguments by the variables that they are bound to.
#pragma once

#include <string_view>
#include <unordered_map>

#include "ir/module.h"

namespace kiln::passes {

/// The argument bound to each variable; names live as long as the function's bindings do. For
/// whoever asks for many: Function::variable_argument looks at all of them for each.
std::unordered_map<std::string_view, ir::Value*> variable_arguments(const ir::Function& function);

}  // namespace kiln::passes
