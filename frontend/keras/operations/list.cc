#include "frontend/keras/operations/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace kiln::keras {
namespace {

Definitions all_definitions() {
  Definitions table;
  add_arithmetic(table);
  add_functions(table);
  add_comparisons(table);
  add_reductions(table);
  add_nan_reductions(table);
  add_shapes(table);
  add_indexing(table);
  add_slices(table);
  add_sorting(table);
  add_ranks(table);
  add_sequences(table);
  add_images(table);
  add_algebra(table);
  add_activations(table);
  add_convolutions(table);
  add_normalizations(table);
  add_creation(table);
  return table;
}

}  // namespace

std::span<const OperationDefinition> operation_definitions() {
  static const Definitions kTable = all_definitions();
  return kTable;
}

const OperationDefinition* find_operation(std::string_view class_name) {
  for (const OperationDefinition& definition : operation_definitions()) {
    if (definition.name == class_name) return &definition;
  }
  return nullptr;
}

std::string operation_reference_text() {
  const auto call = [](const OperationDefinition& definition) {
    std::string arguments(definition.signature);
    std::replace(arguments.begin(), arguments.end(), ';', ',');
    return fmt::format("{}({})", definition.name, arguments);
  };
  size_t width = 0;
  for (const OperationDefinition& definition : operation_definitions())
    width = std::max(width, std::min<size_t>(call(definition).size(), 40));
  std::string text;
  for (const OperationDefinition& definition : operation_definitions())
    text += fmt::format("{:<{}}  {}\n", call(definition), width, definition.meaning);
  return text;
}

std::vector<ClassReference> operation_reference() {
  std::vector<ClassReference> classes;
  for (const OperationDefinition& definition : operation_definitions()) {
    ClassReference reference{std::string(definition.name), std::string(definition.meaning)};
    const std::vector<SignatureArgument> signature = parse_signature(definition.signature);
    const std::vector<std::string_view> types = definition.types();
    for (size_t i = 0; i < signature.size(); ++i) {
      const std::string& text = signature[i].default_text;
      const std::string otherwise = text.empty() ? "" : default_value(text).dump();
      reference.options.push_back({signature[i].name, std::string(types[i]), otherwise, "",
                                   signature[i].of_call ? "an argument of the call" : ""});
    }
    classes.push_back(std::move(reference));
  }
  return classes;
}

}  // namespace kiln::keras
