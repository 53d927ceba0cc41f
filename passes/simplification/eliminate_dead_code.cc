#include "passes/simplification/eliminate_dead_code.h"

#include <unordered_map>

#include "ir/ops/definition.h"
#include "passes/used_values.h"
#include "passes/variable_arguments.h"

namespace kiln::passes {
namespace {

using ir::Function;
using ir::Op;
using ir::Region;
using ir::Value;

/// The values that results need.
Values used_values(const Region& region) {
  Values used(region.results().begin(), region.results().end());
  add_sources(region, used);
  return used;
}

/// Drops a fusion's region arguments that nothing in it uses, with their operands.
bool drop_unused_arguments(Op& fusion) {
  Region& body = fusion.region();
  const Values used = named_values(body);
  std::vector<Value*> operands;
  for (size_t i = 0, kept = 0; i < fusion.operands().size(); ++i) {
    if (used.contains(body.argument(kept))) {
      operands.push_back(fusion.operand(i));
      ++kept;
    } else {
      body.remove_argument(kept);
    }
  }
  const bool changed = operands.size() != fusion.operands().size();
  fusion.set_operands(std::move(operands));
  return changed;
}

/// A fusion like `op` that gives only the results that are used.
std::unique_ptr<Op> with_used_results(const Op& op, const Values& used,
                                      std::unordered_map<const Value*, Value*>& replacements) {
  auto narrow = std::make_unique<Op>(
      op.definition(), std::vector<Value*>(op.operands().begin(), op.operands().end()),
      op.attributes(), op.location());
  Region& body = narrow->add_region();
  copy_region(op.region(), body);
  std::vector<Value*> results;
  for (size_t i = 0; i < op.result_count(); ++i) {
    if (!used.contains(op.result(i))) continue;
    results.push_back(body.results()[i]);
    narrow->add_result(op.result(i)->type());
    replacements[op.result(i)] = narrow->result(results.size() - 1);
  }
  body.set_results(std::move(results));
  return narrow;
}

bool all_used(const Op& op, const Values& used) {
  for (size_t i = 0; i < op.result_count(); ++i) {
    if (!used.contains(op.result(i))) return false;
  }
  return true;
}

/// One walk forwards, with what a walk backwards found used.
bool drop_unused_ops(Region& region) {
  const Values used = used_values(region);
  std::unordered_map<const Value*, Value*> replacements;
  std::vector<std::unique_ptr<Op>> dropped;
  auto current = [&](Value* value) {
    auto found = replacements.find(value);
    return found == replacements.end() ? value : found->second;
  };
  bool changed = false;
  for (std::unique_ptr<Op>& op : region.take_ops()) {
    if (!is_used(*op, used)) {
      dropped.push_back(std::move(op));
      changed = true;
      continue;
    }
    for (size_t i = 0; i < op->operands().size(); ++i) op->set_operand(i, current(op->operand(i)));
    // Where each result is written has been decided then: the fusion keeps its results.
    if (op->is("fusion") && !op->has("buffers") && !all_used(*op, used)) {
      dropped.push_back(std::exchange(op, with_used_results(*op, used, replacements)));
      changed = true;
    }
    for (size_t i = 0; i < op->region_count(); ++i)
      changed = drop_unused_ops(op->region(i)) || changed;
    if (op->is("fusion")) changed = drop_unused_arguments(*op) || changed;
    region.append(std::move(op));
  }
  std::vector<Value*> results = region.results();
  for (Value*& result : results) result = current(result);
  region.set_results(std::move(results));
  return changed;
}

/// Results that write back a variable as it came.
bool drop_unchanged_variables(Function& function) {
  const auto arguments = variable_arguments(function);
  std::vector<Value*> results;
  std::vector<ir::Binding> bindings;
  for (size_t i = 0; i < function.body.results().size(); ++i) {
    Value* result = function.body.results()[i];
    const ir::Binding& binding = function.result_bindings[i];
    const auto argument = arguments.find(binding.name);
    if (binding.is_variable && argument != arguments.end() && result == argument->second) continue;
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
  const Values used = named_values(function.body);
  bool changed = false;
  for (size_t i = function.body.argument_count(); i-- > 0;) {
    if (!function.argument_bindings[i].is_variable || used.contains(function.body.argument(i)))
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
