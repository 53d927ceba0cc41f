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
  if (dtype == "float32" || dtype == write_dtype_policy()) return ok();
  const bool is_policy = dtype.is_object() && dtype.contains("config") &&
                         dtype["config"].is_object() && dtype["config"].contains("name");
  if (is_policy) {
    return Diagnostic{
        where, fmt::format("dtype policy {} is not supported", excerpt(dtype["config"]["name"])),
        "kiln computes in float32"};
  }
  return Diagnostic{where, fmt::format("dtype {} is not supported", excerpt(dtype)),
                    "kiln computes in float32"};
}

}  // namespace kiln::keras
