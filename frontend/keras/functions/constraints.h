// Constraints: what a weight is brought back to after every update, by Keras's names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/json/json.h"
#include "frontend/keras/options/reference.h"
#include "ir/builder.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// NonNeg: no element below zero. The others set the lengths of the vectors along `axis`: UnitNorm
/// to 1; MaxNorm to at most max_value; MinMaxNorm towards [min_value, max_value], by the part
/// `rate` of the way.
struct Constraint {
  std::string class_name = "";  ///< Keras's; empty: none
  double min_value = 0, max_value = 1, rate = 1;
  ir::Integers axis = {0};

  Constraint() = default;
  /// By Keras's name, with its defaults: "MaxNorm" or "max_norm".
  Constraint(const char* name) : Constraint(std::string_view(name)) {}
  Constraint(std::string_view name);
  explicit operator bool() const { return !class_name.empty(); }
  /// Of its class, in Keras's order.
  OptionList option_list();
};

Constraint NonNeg();
Constraint UnitNorm(ir::Integers axis = {0});
Constraint MaxNorm(double max_value = 2, ir::Integers axis = {0});
Constraint MinMaxNorm(double min_value = 0, double max_value = 1, double rate = 1,
                      ir::Integers axis = {0});

/// Whether the name is known and a weight of that shape has the axes.
Status check(const Constraint& constraint, const ir::Shape& shape);

/// The weight as the constraint wants it. The constraint is not none.
ir::Tensor constrained(const Constraint& constraint, ir::Tensor weight);

/// From a name, or from Keras's object; none from null. `where` opens the errors.
Expected<Constraint> read_constraint(const Json& json, const std::string& where);
/// Null for none.
Json write_constraint(const Constraint& constraint);

/// Every class with its options.
std::vector<ClassReference> constraint_reference();

/// As an option.
const ObjectKind& object_kind(const Constraint*);

}  // namespace kiln::keras
