#include "frontend/keras/options/dtype_policy.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/json/config_reader.h"

namespace kiln::keras {

Json write_dtype_policy() {
  return {{"module", "keras"},
          {"class_name", "DTypePolicy"},
          {"config", {{"name", "float32"}}},
          {"registered_name", nullptr}};
}

Status check_dtype_policy(const Json& dtype, const std::string& where) {
  const bool is_policy = dtype.is_object() && dtype.contains("config") &&
                         dtype["config"].is_object() && dtype["config"].contains("name");
  const Json& name = is_policy ? dtype["config"]["name"] : dtype;
  if (name == "float32") return ok();
  return Diagnostic{
      where, fmt::format("dtype {}{} is not supported", is_policy ? "policy " : "", excerpt(name)),
      "kiln computes in float32: build the model under "
      "keras.config.set_dtype_policy(\"float32\"), the weights fit"};
}

}  // namespace kiln::keras
