#include "frontend/keras/functions/constraints.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "frontend/keras/functions/class_table.h"
#include "frontend/keras/functions/vectors.h"
#include "frontend/keras/options/object_kind.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr NamedMeaning kClasses[] = {
    {"NonNeg", "no element below 0"},
    {"UnitNorm", "vectors of length 1"},
    {"MaxNorm", "vectors no longer than a length"},
    {"MinMaxNorm", "vectors with lengths in a range"},
};

constexpr ClassTable kTable = {"constraint", "keras.constraints", kClasses};

bool has_axis(const Constraint& constraint) { return constraint.class_name != "NonNeg"; }

ir::Integers from_front(ir::Integers axis, int64_t rank) {
  for (int64_t& dimension : axis) dimension += dimension < 0 ? rank : 0;
  return axis;
}

/// min(max(norms, low), high)
Tensor limited(Tensor norms, double low, double high) { return minimum(maximum(norms, low), high); }

}  // namespace

Constraint::Constraint(std::string_view name) : class_name(kTable.class_called(name)) {
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
  if (!kTable.has(constraint.class_name)) return kTable.unknown("", constraint.class_name);
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
  // An infinite length is NaN from here on, as Keras's, whatever the rate.
  if (constraint.class_name == "MinMaxNorm")
    desired = desired * constraint.rate + norms * (1 - constraint.rate);
  return weight * (desired / (norms + kEpsilon));
}

OptionList Constraint::option_list() {
  OptionList options;
  const bool is_range = class_name == "MinMaxNorm";
  if (is_range) options.push_back({"min_value", &min_value, "the smallest length"});
  if (is_range || class_name == "MaxNorm")
    options.push_back({"max_value", &max_value, "the largest length"});
  if (is_range)
    options.push_back({"rate", &rate, "which part of the way to the range an update goes"});
  if (has_axis(*this)) {
    options.push_back({"axis", Axes{&axis, Axes::kNumberOrList, "an integer or a list of them"},
                       "dimensions of a vector"});
  }
  return options;
}

Expected<Constraint> read_constraint(const Json& json, const std::string& where) {
  return read_from_table<Constraint>(kTable, json, where);
}

Json write_constraint(const Constraint& constraint) { return write_from_table(kTable, constraint); }

std::vector<ClassReference> constraint_reference() { return reference_of<Constraint>(kTable); }

namespace {

void read(Constraint& constraint, const OptionReading& from) {
  from.keep(constraint, read_constraint(from.value(), from.where()));
}
Json write(const Constraint& constraint, ConfigKind) { return write_constraint(constraint); }

}  // namespace

const ObjectKind& object_kind(const Constraint*) {
  static constexpr ObjectKind kKind = object_kind_of<Constraint, read, write>("constraint or null");
  return kKind;
}

}  // namespace kiln::keras
