#include "passes/simplification/eliminate_dead_code.h"

namespace kiln::passes {
namespace {

using ir::Function;
using ir::Op;
using ir::Region;
using ir::Value;

/// Drops what a fusion gives and nothing reads.
bool drop_unused_results(Op& fusion) {
  // Where each result is written has been decided then: the fusion keeps its results.
  if (fusion.has("buffers")) return false;
  bool changed = false;
  for (size_t i = fusion.result_count(); i-- > 0;) {
    if (fusion.result(i)->has_uses()) continue;
    fusion.remove_result(i);
    fusion.region().remove_result(i);
    changed = true;
  }
  return changed;
}

/// Drops a fusion's region arguments that nothing in it uses, with their operands.
bool drop_unused_arguments(Op& fusion) {
  Region& body = fusion.region();
  std::vector<Value*> operands(fusion.operands().begin(), fusion.operands().end());
  for (size_t i = operands.size(); i-- > 0;) {
    if (body.argument(i)->has_uses()) continue;
    body.remove_argument(i);
    operands.erase(operands.begin() + static_cast<std::ptrdiff_t>(i));
  }
  const bool changed = operands.size() != fusion.operands().size();
  if (changed) fusion.set_operands(std::move(operands));
  return changed;
}

bool drop_unused_ops(Region& region) {
  bool changed = false;
  auto visit = [&](Op& op) {
    if (op.is("fusion")) changed = drop_unused_results(op) || changed;
    for (size_t i = 0; i < op.region_count(); ++i)
      changed = drop_unused_ops(op.region(i)) || changed;
    if (op.is("fusion")) changed = drop_unused_arguments(op) || changed;
  };
  return region.erase_unused_ops(visit) || changed;
}

/// Results that write back a variable as it came.
bool drop_unchanged_variables(Function& function) {
  std::vector<Value*> results;
  std::vector<ir::Binding> bindings;
  for (size_t i = 0; i < function.body.results().size(); ++i) {
    Value* result = function.body.results()[i];
    const ir::Binding& binding = function.result_bindings[i];
    if (binding.is_variable && result->is_argument() &&
        function.argument_bindings[static_cast<size_t>(result->index())] == binding)
      continue;
    results.push_back(result);
    bindings.push_back(binding);
  }
  const bool changed = results.size() != function.body.results().size();
  function.body.set_results(std::move(results));
  function.result_bindings = std::move(bindings);
  return changed;
}

/// Arguments that read a variable for nothing.
bool drop_unused_variables(Function& function) {
  bool changed = false;
  for (size_t i = function.body.argument_count(); i-- > 0;) {
    if (!function.argument_bindings[i].is_variable || function.body.argument(i)->has_uses())
      continue;
    function.body.remove_argument(i);
    function.argument_bindings.erase(function.argument_bindings.begin() +
                                     static_cast<std::ptrdiff_t>(i));
    changed = true;
  }
  return changed;
}

}  // namespace

bool eliminate_dead_code(Function& function) {
  bool changed = drop_unchanged_variables(function);
  changed = drop_unused_ops(function.body) || changed;
  return drop_unused_variables(function) || changed;
}

}  // namespace kiln::passes
