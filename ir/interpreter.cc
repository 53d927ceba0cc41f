#include "ir/interpreter.h"

#include <algorithm>
#include <unordered_map>

#include "ir/ops/definition.h"
#include "ir/printer.h"
#include "ir/scan.h"

namespace kiln::ir {
namespace {

/// For every value, the number of the last op of the region that reads it.
std::unordered_map<const Value*, size_t> last_uses(const Region& region) {
  std::unordered_map<const Value*, size_t> last;
  for (size_t i = 0; i < region.ops().size(); ++i) {
    for (const Value* operand : region.ops()[i]->operands()) last[operand] = i;
  }
  for (const Value* result : region.results()) last[result] = region.ops().size();
  return last;
}

/// The slice of index t along the leading dimension.
Literal slice_at(const Literal& stacked, int64_t t, const Type& type) {
  if (stacked.is_splat()) return Literal::from_bytes(type, true, stacked.bytes());
  const auto begin = stacked.bytes().begin() + t * type.bytes();
  return Literal::from_bytes(type, false, {begin, begin + type.bytes()});
}

std::vector<Literal> interpret_scan(const Op& op, std::vector<Literal> operands) {
  const ScanParts parts = parts_of(op);
  std::vector<std::vector<std::byte>> outputs(parts.outputs);
  for (size_t o = 0; o < parts.outputs; ++o)
    outputs[o].resize(static_cast<size_t>(op.result(parts.carries + o)->type().bytes()));
  for (int64_t step = 0; step < parts.trip_count; ++step) {
    const int64_t t = parts.reverse ? parts.trip_count - 1 - step : step;
    std::vector<Literal> arguments = operands;
    for (size_t i = parts.carries; i < parts.carries + parts.stacked; ++i)
      arguments[i] = slice_at(operands[i], t, op.region().argument(i)->type());
    std::vector<Literal> returned = interpret(op.region(), std::move(arguments));
    for (size_t o = 0; o < parts.outputs; ++o) {
      const Literal slice = returned[parts.carries + o].dense();
      std::copy(slice.bytes().begin(), slice.bytes().end(),
                outputs[o].begin() + t * slice.type().bytes());
    }
    std::move(returned.begin(), returned.begin() + static_cast<std::ptrdiff_t>(parts.carries),
              operands.begin());
  }
  std::vector<Literal> results(operands.begin(),
                               operands.begin() + static_cast<std::ptrdiff_t>(parts.carries));
  for (size_t o = 0; o < parts.outputs; ++o) {
    results.push_back(
        Literal::from_bytes(op.result(parts.carries + o)->type(), false, std::move(outputs[o])));
  }
  return results;
}

/// Ops whose meaning is that of their regions.
std::vector<Literal> interpret_structured(const Op& op, std::vector<Literal> operands) {
  KILN_CHECK(!op.is("gradient"), "a gradient op cannot be interpreted: differentiate first\n{}",
             print(op));
  if (op.is("scan")) return interpret_scan(op, std::move(operands));
  KILN_CHECK(op.is("fusion"), "the interpreter does not know {}", op.name());
  return interpret_fusion(op, std::move(operands));
}

std::vector<Literal> evaluate(const Op& op, std::vector<Literal> operands) {
  if (!op.definition().evaluate) return interpret_structured(op, std::move(operands));
  std::vector<Literal> results;
  for (size_t i = 0; i < op.result_count(); ++i) results.emplace_back(op.result(i)->type());
  op.definition().evaluate(op, operands, results);
  return results;
}

}  // namespace

std::vector<Literal> interpret_fusion(const Op& fusion, std::vector<Literal> operands) {
  const auto see_as = [](Literal& literal, const Type& type) {
    if (literal.type() != type) literal = literal.reshaped(type.shape);
  };
  for (size_t i = 0; i < operands.size(); ++i)
    see_as(operands[i], fusion.region().argument(i)->type());
  std::vector<Literal> results = interpret(fusion.region(), std::move(operands));
  for (size_t i = 0; i < results.size(); ++i) see_as(results[i], fusion.result(i)->type());
  return results;
}

std::vector<Literal> interpret(const Region& region, std::vector<Literal> arguments) {
  KILN_CHECK(arguments.size() == region.argument_count(), "{} arguments for a region of {}",
             arguments.size(), region.argument_count());
  const auto last = last_uses(region);
  std::unordered_map<const Value*, Literal> values;
  for (size_t i = 0; i < arguments.size(); ++i) {
    KILN_CHECK(arguments[i].type() == region.argument(i)->type(), "argument {} is {}, not {}", i,
               arguments[i].type().to_string(), region.argument(i)->type().to_string());
    values[region.argument(i)] = std::move(arguments[i]);
  }
  for (size_t i = 0; i < region.ops().size(); ++i) {
    const Op& op = *region.ops()[i];
    std::vector<Literal> operands;
    for (const Value* operand : op.operands()) operands.push_back(values.at(operand));
    for (const Value* operand : op.operands()) {
      if (last.at(operand) == i) values.erase(operand);
    }
    std::vector<Literal> results = evaluate(op, std::move(operands));
    for (size_t r = 0; r < results.size(); ++r) {
      if (last.contains(op.result(r))) values[op.result(r)] = std::move(results[r]);
    }
  }
  std::vector<Literal> results;
  for (const Value* result : region.results()) results.push_back(values.at(result));
  return results;
}

std::map<std::string, Literal> interpret(const Function& function, Environment& variables,
                                         const std::map<std::string, Literal>& inputs) {
  std::vector<Literal> arguments;
  for (const Binding& binding : function.argument_bindings) {
    const auto& from = binding.is_variable ? variables : inputs;
    auto found = from.find(binding.name);
    KILN_CHECK(found != from.end(), "@{}: no {} named {} was given", function.name,
               binding.is_variable ? "variable" : "input", binding.name);
    arguments.push_back(found->second);
  }
  std::vector<Literal> results = interpret(function.body, std::move(arguments));
  std::map<std::string, Literal> outputs;
  for (size_t i = 0; i < results.size(); ++i) {
    const Binding& binding = function.result_bindings.at(i);
    (binding.is_variable ? variables : outputs)[binding.name] = std::move(results[i]);
  }
  return outputs;
}

}  // namespace kiln::ir
