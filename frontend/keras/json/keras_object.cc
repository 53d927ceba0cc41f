#include "frontend/keras/json/keras_object.h"

#include <fmt/format.h>

#include "frontend/keras/json/config_reader.h"

namespace kiln::keras {

Expected<KerasObject> read_object(const Json& json, std::string_view what, const std::string& where,
                                  const std::string& note) {
  if (json.is_string()) return KerasObject{json.get<std::string>(), nullptr};
  const bool is_object =
      json.is_object() && json.contains("class_name") && json["class_name"].is_string();
  if (!is_object) {
    return Diagnostic{
        where, fmt::format("{} must be a name or an object, not {}", what, excerpt(json)), note};
  }
  const Json config = json.contains("config") ? json["config"] : Json::object();
  if (json["class_name"] == "function" && config.is_string())
    return KerasObject{config.get<std::string>(), nullptr};
  return KerasObject{json["class_name"].get<std::string>(),
                     config.is_null() ? Json::object() : config};
}

Json write_object(std::string_view module, std::string_view class_name, Json config) {
  return {{"module", std::string(module)},
          {"class_name", std::string(class_name)},
          {"config", std::move(config)},
          {"registered_name", nullptr}};
}

}  // namespace kiln::keras
