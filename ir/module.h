// A module: variables, and the pure functions over them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ir/op.h"

namespace kiln::ir {

/// What a variable is for; in the order of the ABI's kiln_variable_role.
enum class Role { trainable, non_trainable, optimizer, metric };
std::string_view name_of(Role role);

/// A tensor that outlives a call: a weight, an optimizer slot, a metric's counter, the step number.
/// In text: `variable @dense/kernel : tensor<784x128xf32> {role = "trainable"}`.
struct Variable {
  std::string name;  ///< path, unique in the module
  Type type;
  Role role = Role::trainable;
  Attributes attributes;  ///< `offset` (bytes in the state block) once memory is planned
  Location location;
};

/// What an argument or a result of a function stands for. An argument bound to a variable is its
/// value at entry; a result bound to one is its value at exit.
struct Binding {
  bool is_variable = false;  ///< printed as @name; otherwise an input or output, printed as "name"
  std::string name;

  static Binding variable(std::string name) { return {true, std::move(name)}; }
  static Binding plain(std::string name) { return {false, std::move(name)}; }
  friend bool operator==(const Binding&, const Binding&) = default;
};

/// A pure function: its body's arguments and results, each with a binding.
struct Function {
  std::string name;
  Region body;
  std::vector<Binding> argument_bindings;  ///< one per body argument
  std::vector<Binding> result_bindings;    ///< one per body result
  Attributes attributes;                   ///< `batch`; `arena_bytes`, ... once memory is planned

  /// Adds an argument with its binding.
  Value* add_argument(Type type, Binding binding);
  /// Adds a result with its binding.
  void add_result(Value* value, Binding binding);
  /// The argument bound to that variable; null if there is none.
  Value* variable_argument(std::string_view variable) const;
};

/// A whole model.
struct Module {
  std::string name = "module";
  std::vector<Variable> variables;
  std::vector<std::unique_ptr<Function>> functions;
  Attributes
      attributes;  ///< `loss`, `label_classes`, `summary`: what the model's descriptor repeats

  Function& add_function(std::string name);
  Function* function(std::string_view name) const;
  const Variable* variable(std::string_view name) const;
  Variable* variable(std::string_view name);
};

/// A deep copy.
std::unique_ptr<Function> clone(const Function& function);
Module clone(const Module& module);

}  // namespace kiln::ir
