// Objects of Keras's that are one class name with options: regularizers, constraints. Each lists its
// classes in a table; from it follow the names that are known, and reading, writing and the reference.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/json/keras_object.h"
#include "frontend/keras/json/names.h"
#include "frontend/keras/options/config.h"
#include "frontend/keras/options/reference.h"
#include "ir/spelling.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

struct NamedMeaning {
  std::string_view class_name;
  std::string_view meaning;
};

/// The classes of one kind of object.
struct ClassTable {
  std::string_view word;    ///< "constraint"
  std::string_view module;  ///< "keras.constraints"
  std::span<const NamedMeaning> classes;

  bool has(std::string_view class_name) const {
    return std::ranges::any_of(classes,
                               [&](auto& known) { return known.class_name == class_name; });
  }
  /// The class that is called `name`, itself or in snake case; `name` where there is none.
  std::string_view class_called(std::string_view name) const {
    for (const NamedMeaning& known : classes) {
      if (to_snake_case(known.class_name) == name) return known.class_name;
    }
    return name;
  }
  /// The error for a class that the table does not have.
  Diagnostic unknown(const std::string& where, std::string_view class_name) const {
    std::vector<std::string_view> names;
    for (const NamedMeaning& known : classes) names.push_back(known.class_name);
    return {where, fmt::format("unknown {} \"{}\"", word, class_name),
            ir::did_you_mean(class_name, names)};
  }
};

/// The object of type T that the JSON names; one of no class from null.
template <typename T>
Expected<T> read_from_table(const ClassTable& table, const Json& json, const std::string& where) {
  if (json.is_null()) return T();
  KILN_ASSIGN(const KerasObject written, read_object(json, fmt::format("a {}", table.word), where));
  T object(written.identifier);
  if (!table.has(object.class_name)) return table.unknown(where, object.class_name);
  if (!written.has_config()) return object;
  ConfigReader reader(written.config, where + ": " + object.class_name);
  read_options(object.option_list(), reader);
  KILN_TRY(reader.finish());
  return object;
}

/// As Keras writes it; null for an object of no class.
template <typename T>
Json write_from_table(const ClassTable& table, const T& object) {
  if (!object) return nullptr;
  Json config = Json::object();
  write_options_of(object, config);
  return write_object(table.module, object.class_name, std::move(config));
}

template <typename T>
std::vector<ClassReference> reference_of(const ClassTable& table) {
  std::vector<ClassReference> references;
  for (const NamedMeaning& known : table.classes) {
    T object(known.class_name);
    references.push_back(describe(known.class_name, known.meaning, object.option_list()));
  }
  return references;
}

}  // namespace kiln::keras
