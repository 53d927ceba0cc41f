#include "frontend/keras/constraints.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "frontend/keras/keras_object.h"
#include "frontend/keras/names.h"
#include "frontend/keras/vectors.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr std::string_view kNames[] = {"NonNeg", "UnitNorm", "MaxNorm", "MinMaxNorm"};

bool is_known(std::string_view class_name) {
  for (std::string_view name : kNames) {
    if (name == class_name) return true;
  }
  return false;
}

Diagnostic unknown_constraint(const std::string& where, std::string_view class_name) {
  return {where, fmt::format("unknown constraint \"{}\"", class_name),
          ir::did_you_mean(class_name, kNames)};
}

bool has_axis(const Constraint& constraint) { return constraint.class_name != "NonNeg"; }

/// One axis or a list of them; negative ones count from the end.
ir::Integers read_axis(ConfigReader& config) {
  const Json& json = config.value("axis");
  if (json.is_null()) return {0};
  ir::Integers axis;
  for (const Json& element : json.is_array() ? json : Json::array({json})) {
    if (element.is_number_integer()) axis.push_back(element.get<int64_t>());
  }
  if (axis.size() != (json.is_array() ? json.size() : 1))
    config.fail(
        fmt::format("\"axis\" must be an integer or a list of them, not {}", excerpt(json)));
  return axis;
}

ir::Integers from_front(ir::Integers axis, int64_t rank) {
  for (int64_t& dimension : axis) dimension += dimension < 0 ? rank : 0;
  return axis;
}

/// min(max(norms, low), high)
Tensor limited(Tensor norms, double low, double high) { return minimum(maximum(norms, low), high); }

}  // namespace

Constraint::Constraint(std::string_view name) : class_name(name) {
  for (std::string_view known : kNames) {
    if (to_snake_case(known) == name) class_name = known;
  }
  if (class_name == "MaxNorm") max_value = 2;
}

Constraint NonNeg() { return Constraint("NonNeg"); }

Constraint UnitNorm(ir::Integers axis) {
  Constraint constraint("UnitNorm");
  constraint.axis = std::move(axis);
  return constraint;
}

Constraint MaxNorm(double max_value, ir::Integers axis) {
  Constraint constraint("MaxNorm");
  constraint.max_value = max_value;
  constraint.axis = std::move(axis);
  return constraint;
}

Constraint MinMaxNorm(double min_value, double max_value, double rate, ir::Integers axis) {
  Constraint constraint("MinMaxNorm");
  constraint.min_value = min_value;
  constraint.max_value = max_value;
  constraint.rate = rate;
  constraint.axis = std::move(axis);
  return constraint;
}

Status check(const Constraint& constraint, const ir::Shape& shape) {
  if (!constraint) return ok();
  if (!is_known(constraint.class_name)) return unknown_constraint("", constraint.class_name);
  const auto rank = static_cast<int64_t>(shape.size());
  for (int64_t axis : has_axis(constraint) ? constraint.axis : ir::Integers{}) {
    if (axis >= -rank && axis < rank) continue;
    return Diagnostic{"",
                      fmt::format("{}: axis {} is outside of the weight's {} dimensions",
                                  constraint.class_name, axis, rank),
                      ""};
  }
  return ok();
}

Tensor constrained(const Constraint& constraint, Tensor weight) {
  if (constraint.class_name == "NonNeg") return maximum(weight, 0.0);
  const Tensor norms = lengths(weight, from_front(constraint.axis, weight.rank()));
  if (constraint.class_name == "UnitNorm") return weight / (norms + kEpsilon);
  Tensor desired = limited(norms, constraint.min_value, constraint.max_value);
  if (constraint.rate != 1) desired = desired * constraint.rate + norms * (1 - constraint.rate);
  return weight * (desired / (norms + kEpsilon));
}

Expected<Constraint> read_constraint(ConfigReader& config, std::string_view key) {
  const Json& json = config.value(key);
  if (json.is_null()) return Constraint();
  const std::string where = fmt::format("{}: {}", config.where(), key);
  KILN_ASSIGN(const KerasObject object, read_object(json, "a constraint", where));
  Constraint constraint(object.identifier);
  if (!is_known(constraint.class_name)) return unknown_constraint(where, constraint.class_name);
  if (!object.has_config()) return constraint;
  ConfigReader reader(object.config, where + ": " + constraint.class_name);
  const bool is_range = constraint.class_name == "MinMaxNorm";
  if (is_range) constraint.min_value = reader.number("min_value", constraint.min_value);
  if (is_range || constraint.class_name == "MaxNorm")
    constraint.max_value = reader.number("max_value", constraint.max_value);
  if (is_range) constraint.rate = reader.number("rate", constraint.rate);
  if (has_axis(constraint)) constraint.axis = read_axis(reader);
  KILN_TRY(reader.finish());
  return constraint;
}

Json write_constraint(const Constraint& constraint) {
  if (!constraint) return nullptr;
  Json config = Json::object();
  const bool is_range = constraint.class_name == "MinMaxNorm";
  if (is_range) config["min_value"] = constraint.min_value;
  if (is_range || constraint.class_name == "MaxNorm") config["max_value"] = constraint.max_value;
  if (is_range) config["rate"] = constraint.rate;
  if (has_axis(constraint)) {
    config["axis"] = constraint.axis.size() == 1 ? Json(constraint.axis[0]) : Json(constraint.axis);
  }
  return write_object("keras.constraints", constraint.class_name, std::move(config));
}

}  // namespace kiln::keras
