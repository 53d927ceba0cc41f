#include "frontend/file_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/files/layout.h"

namespace kiln {
namespace {

/// "NAME\t0 1\n": a name, and where its variables are; nothing where one is not among them.
std::optional<std::string> line_of(std::string name,
                                   const std::vector<keras::SavedVariable>& variables,
                                   const std::vector<ir::Variable>& all) {
  // Names are for messages: any will do that does not end the line.
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '\t' || c == '\n'; }, ' ');
  std::string line = name + "\t";
  for (const keras::SavedVariable& variable : variables) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const ir::Variable& each) {
      return each.name == variable.name;
    });
    if (found == all.end()) return {};
    line += fmt::format("{}{}", line.ends_with('\t') ? "" : " ", found - all.begin());
  }
  return line + "\n";
}

}  // namespace

Expected<codegen::FileLayout> file_layout(const keras::Model& model, const ir::Module& module) {
  KILN_ASSIGN(const keras::SavedLayout layout, keras::saved_layout(model));
  codegen::FileLayout result;
  const auto add = [&](const keras::SavedObject& object) {
    const auto line = object.variables.empty()
                          ? std::nullopt
                          : line_of(object.group, object.variables, module.variables);
    result.objects += line.value_or("");
    return line.has_value();
  };
  for (const keras::SavedObject& object : layout.objects) add(object);
  add(layout.random_states);
  for (const keras::SavedLayer& layer : layout.layers)
    result.layers += line_of(layer.name, layer.variables, module.variables).value_or("");
  if (!layout.optimizer || !add(*layout.optimizer)) return result;
  for (const std::string& name : layout.optimizer_classes) result.optimizers += name + "\n";
  return result;
}

}  // namespace kiln
