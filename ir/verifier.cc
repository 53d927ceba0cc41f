#include "ir/verifier.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "ir/ops/definition.h"
#include "ir/printer.h"

namespace kiln::ir {
namespace {

using Defined = std::unordered_set<const Value*>;

/// Checks one function's regions; errors show the op as the function's text does.
class FunctionVerifier {
 public:
  explicit FunctionVerifier(const Function& function) : function_(function) {}
  Status region(const Region& region);

 private:
  Status op(const Op& op, const Defined& defined);
  Status results(const Op& op);
  Diagnostic error(const Op& op, std::string message, std::string note = "") const;

  const Function& function_;
};

Diagnostic FunctionVerifier::error(const Op& op, std::string message, std::string note) const {
  if (!note.empty()) note += "; ";
  note += "in " + print_line(function_, op, {.largest_constant = 16});
  return {fmt::format("@{}", function_.name), std::move(message), std::move(note)};
}

Status FunctionVerifier::results(const Op& op) {
  std::vector<Type> written;
  for (size_t i = 0; i < op.result_count(); ++i) written.push_back(op.result(i)->type());
  const auto types = check_op(op, written);
  if (!types) return error(op, types.error().message, types.error().note);
  if (types->size() != written.size()) {
    return error(
        op, fmt::format("{} gives {} results, not {}", op.name(), types->size(), written.size()));
  }
  for (size_t i = 0; i < written.size(); ++i) {
    if ((*types)[i] == written[i]) continue;
    return error(op, fmt::format("{} gives {}, not {}", op.name(), (*types)[i].to_string(),
                                 written[i].to_string()));
  }
  return ok();
}

Status FunctionVerifier::op(const Op& op, const Defined& defined) {
  for (size_t i = 0; i < op.operands().size(); ++i) {
    if (defined.contains(op.operand(i))) continue;
    return error(op, fmt::format("{}: operand {} is not defined before it is used", op.name(), i),
                 "a region sees its own arguments and earlier results only");
  }
  // Regions first: the op's types follow from what they return.
  for (size_t i = 0; i < op.region_count(); ++i) KILN_TRY(region(op.region(i)));
  return results(op);
}

Status FunctionVerifier::region(const Region& region) {
  Defined defined;
  const std::string where = fmt::format("@{}", function_.name);
  for (size_t i = 0; i < region.argument_count(); ++i) {
    if (auto problem = problem_of(region.argument(i)->type())) {
      return Diagnostic{where, fmt::format("argument {}: {}", i, *problem), ""};
    }
    defined.insert(region.argument(i));
  }
  for (const auto& each : region.ops()) {
    KILN_TRY(op(*each, defined));
    for (size_t i = 0; i < each->result_count(); ++i) defined.insert(each->result(i));
  }
  for (size_t i = 0; i < region.results().size(); ++i) {
    if (defined.contains(region.results()[i])) continue;
    return Diagnostic{where, fmt::format("returned value {} is not defined in its region", i), ""};
  }
  return ok();
}

/// A module's variables by name.
using Variables = std::unordered_map<std::string_view, const Variable*>;

Variables variables_of(const Module& module) {
  Variables variables;
  for (const Variable& variable : module.variables) variables.emplace(variable.name, &variable);
  return variables;
}

/// Bindings of arguments, or of results: as many as values, each name once, variables by type.
Status verify_bindings(const Variables& variables, const Function& function, std::string_view what,
                       const std::vector<Binding>& bindings, const std::vector<Type>& types) {
  const std::string where = fmt::format("@{}", function.name);
  if (bindings.size() != types.size()) {
    return Diagnostic{
        where, fmt::format("{} bindings for {} {}s", bindings.size(), types.size(), what), ""};
  }
  std::set<std::pair<bool, std::string>> seen;
  for (size_t i = 0; i < bindings.size(); ++i) {
    const Binding& binding = bindings[i];
    const std::string name = fmt::format("{}{}", binding.is_variable ? "@" : "", binding.name);
    if (!seen.emplace(binding.is_variable, binding.name).second) {
      return Diagnostic{where, fmt::format("two {}s are bound to {}", what, name), ""};
    }
    if (!binding.is_variable) continue;
    const auto found = variables.find(binding.name);
    if (found == variables.end())
      return Diagnostic{where, fmt::format("{} {}: no variable {}", what, i, name), ""};
    const Variable* variable = found->second;
    if (variable->type == types[i]) continue;
    return Diagnostic{where,
                      fmt::format("{} {}: {} is {}, not {}", what, i, name,
                                  variable->type.to_string(), types[i].to_string()),
                      ""};
  }
  return ok();
}

Status verify_variables(const Module& module) {
  std::set<std::string_view> names;
  for (const Variable& variable : module.variables) {
    const std::string where = fmt::format("@{}", variable.name);
    if (variable.name.empty()) return Diagnostic{"", "a variable without a name", ""};
    if (!names.insert(variable.name).second)
      return Diagnostic{where, "two variables of this name", ""};
    if (auto problem = problem_of(variable.type)) return Diagnostic{where, *problem, ""};
    if (variable.attributes.contains("role")) {
      return Diagnostic{where, "the role is a member of the variable, not an attribute", ""};
    }
  }
  return ok();
}

Status verify_function(const Variables& variables, const Function& function) {
  // The body first: bindings read the types of its results, which have to be there.
  KILN_TRY(FunctionVerifier(function).region(function.body));
  std::vector<Type> arguments;
  for (size_t i = 0; i < function.body.argument_count(); ++i)
    arguments.push_back(function.body.argument(i)->type());
  KILN_TRY(verify_bindings(variables, function, "argument", function.argument_bindings, arguments));
  std::vector<Type> results;
  for (const Value* result : function.body.results()) results.push_back(result->type());
  return verify_bindings(variables, function, "result", function.result_bindings, results);
}

}  // namespace

Status verify(const Module& module, const Function& function) {
  return verify_function(variables_of(module), function);
}

Status verify(const Module& module) {
  KILN_TRY(verify_variables(module));
  const Variables variables = variables_of(module);
  std::set<std::string_view> names;
  for (const auto& function : module.functions) {
    if (function->name.empty()) return Diagnostic{"", "a function without a name", ""};
    if (!names.insert(function->name).second) {
      return Diagnostic{fmt::format("@{}", function->name), "two functions of this name", ""};
    }
    KILN_TRY(verify_function(variables, *function));
  }
  return ok();
}

}  // namespace kiln::ir
