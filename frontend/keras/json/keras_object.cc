#include "frontend/keras/json/keras_object.h"

#include <fmt/format.h>

#include "frontend/keras/json/config_reader.h"

namespace kiln::keras {
namespace {

/// The text under a key; empty where there is none.
std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "keras.layers", "keras.src.ops.numpy", and what TensorFlow's Keras 2 called them; "builtins":
/// of functions, whosoever.
bool is_module_of_keras(const std::string& module) {
  const std::string root = module.substr(0, module.find('.'));
  return root == "keras" || root == "tf_keras" || root == "tensorflow" || root == "builtins";
}

}  // namespace

Expected<KerasObject> read_object(const Json& json, std::string_view what, const std::string& where,
                                  const std::string& note) {
  if (json.is_string()) return KerasObject{json.get<std::string>(), nullptr};
  const bool is_object =
      json.is_object() && json.contains("class_name") && json["class_name"].is_string();
  if (!is_object) {
    return Diagnostic{
        where, fmt::format("{} must be a name or an object, not {}", what, excerpt(json)), note};
  }
  // "a loss" is "the loss" of the file.
  KILN_TRY(check_is_of_keras(json, "the" + std::string(what.substr(what.find(' '))), where));
  const Json config = json.contains("config") ? json["config"] : Json::object();
  if (json["class_name"] == "function" && config.is_string())
    return KerasObject{config.get<std::string>(), nullptr};
  return KerasObject{json["class_name"].get<std::string>(),
                     config.is_null() ? Json::object() : config};
}

Status check_is_of_keras(const Json& object, std::string_view what, const std::string& where) {
  if (!object.is_object()) return ok();
  const std::string module = text_of(object, "module");
  const std::string registered = text_of(object, "registered_name");
  // Keras writes a null module for a class that is none of its own, beside its registered name.
  const bool is_foreign = module.empty() ? object.contains("module") && !registered.empty()
                                         : !is_module_of_keras(module);
  const bool is_function = text_of(object, "class_name") == "function";
  const std::string name = text_of(object, is_function ? "config" : "class_name");
  if (!is_foreign && name.find('>') == std::string::npos) return ok();
  std::string origin;
  if (!module.empty() && module != "builtins") origin += fmt::format(" of module \"{}\"", module);
  if (!registered.empty() && registered != "function" && registered != name)
    origin += fmt::format(", registered as \"{}\"", registered);
  return Diagnostic{where,
                    fmt::format("{} is a {} of your own, \"{}\"{}, not one of Keras's", what,
                                is_function ? "function" : "class", name, origin),
                    "kiln runs no Python: build it of Keras's own layers and operations, in a "
                    "model of its own if "
                    "need be, or let Keras compute that part"};
}

Json write_object(std::string_view module, std::string_view class_name, Json config) {
  return {{"module", std::string(module)},
          {"class_name", std::string(class_name)},
          {"config", std::move(config)},
          {"registered_name", nullptr}};
}

}  // namespace kiln::keras
