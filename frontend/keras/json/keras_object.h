// Keras's objects as its files write them: a name alone, or a class name with a config. Losses,
// optimizers, metrics, regularizers, ... all have that form.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "frontend/keras/json/json.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// What names an object: "mse", or {"class_name": "Huber", "config": {"delta": 1.0}}.
struct KerasObject {
  std::string identifier;  ///< the class's name, or the name alone
  Json config;             ///< of an object; null: a name alone
  bool has_config() const { return !config.is_null(); }
};

/// Reads either form. A function without options, which Keras writes as {"class_name": "function",
/// "config": "mean_squared_error"}, is a name alone. `what` is "a loss", `where` opens the errors.
Expected<KerasObject> read_object(const Json& json, std::string_view what, const std::string& where,
                                  const std::string& note = "");

/// An error where an object of a file, {"module": ..., "class_name": ..., "registered_name": ...}, is
/// of a class or a function that a user wrote: it may bear a name of Keras's, but computes something
/// else. `what` is "the loss", `where` opens the error. Files without modules, of Keras 1 and 2, do
/// not say whose a class is.
Status check_is_of_keras(const Json& object, std::string_view what, const std::string& where);

/// {"module": "keras.losses", "class_name": ..., "config": ..., "registered_name": null}
Json write_object(std::string_view module, std::string_view class_name, Json config);

}  // namespace kiln::keras
