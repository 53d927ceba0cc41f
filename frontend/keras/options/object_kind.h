// Options that are objects of Keras's: initializers, schedules, layers. Options know none of their
// types; each type's own file says what such an option is called and how it is read and written, and
// its header declares that beside the type:
//
//   const ObjectKind& object_kind(const Initializer*);
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/options/config.h"
#include "frontend/keras/options/option.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// An option being read.
struct OptionReading {
  ConfigReader& config;
  std::string_view key;
  bool required;

  const Json& value() const { return config.value(key); }
  bool is_null() const { return value().is_null(); }
  /// Null, or absent, which is an error of a required option.
  bool is_none() const {
    if (!is_null()) return false;
    if (required) config.fail(fmt::format("\"{}\" is missing", key));
    return true;
  }
  /// What stands where the key is absent.
  template <typename T>
  std::optional<T> fallback(const T& present) const {
    return required ? std::nullopt : std::optional<T>(present);
  }
  std::string where() const { return fmt::format("{}: {}", config.where(), key); }
  /// Keeps the value, or the error.
  template <typename T>
  void keep(T& place, Expected<T> read) const {
    if (read)
      place = std::move(*read);
    else
      config.fail(read.error());
  }
};

/// How objects of one type are options.
struct ObjectKind {
  /// What the reference says that the option takes: "initializer".
  std::string_view word;
  /// Reads the option's key. Where the config lacks it, the object stays as it is.
  void (*read)(void* object, const OptionReading& from);
  /// The object in the form of Keras's files; `kind` is the config's, and that of layers in it.
  Json (*write)(const void* object, ConfigKind kind);
  /// What the reference shows as the default, in JSON; null: what is written, of an object its class.
  std::string (*show_default)(const void* object) = nullptr;
};

/// The kind of the objects of type T, from functions that read and write a T.
template <typename T, void (*read)(T&, const OptionReading&), Json (*write)(const T&, ConfigKind)>
constexpr ObjectKind object_kind_of(std::string_view word) {
  return {word,
          [](void* object, const OptionReading& from) { read(*static_cast<T*>(object), from); },
          [](const void* object, ConfigKind kind) {
            return write(*static_cast<const T*>(object), kind);
          }};
}

}  // namespace kiln::keras
