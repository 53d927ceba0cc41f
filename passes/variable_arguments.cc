#include "passes/variable_arguments.h"

namespace kiln::passes {

std::unordered_map<std::string_view, ir::Value*> variable_arguments(const ir::Function& function) {
  std::unordered_map<std::string_view, ir::Value*> arguments;
  for (size_t i = 0; i < function.argument_bindings.size(); ++i) {
    const ir::Binding& binding = function.argument_bindings[i];
    if (binding.is_variable) arguments.emplace(binding.name, function.body.argument(i));
  }
  return arguments;
}

}  // namespace kiln::passes
