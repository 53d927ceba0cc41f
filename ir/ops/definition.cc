#include "ir/ops/definition.h"

#include <fmt/format.h>

#include <algorithm>

#include "ir/spelling.h"

namespace kiln::ir {
namespace {

std::vector<OpDefinition> build_definitions() {
  std::vector<OpDefinition> ops;
  add_source_ops(ops);
  add_elementwise_ops(ops);
  add_movement_ops(ops);
  add_indexing_ops(ops);
  add_reduction_ops(ops);
  add_window_reduction_ops(ops);
  add_contraction_ops(ops);
  add_convolution_ops(ops);
  add_random_ops(ops);
  add_structured_ops(ops);
  return ops;
}

const std::vector<OpDefinition>& definitions() {
  static const std::vector<OpDefinition> ops = build_definitions();
  return ops;
}

std::string_view name_of(AttributeSpec::Kind kind) {
  constexpr std::string_view kNames[] = {"true or false", "an integer",         "a number",
                                         "a string",      "a list of integers", "a list of strings",
                                         "dense<...>"};
  return kNames[static_cast<size_t>(kind)];
}

Status check_attributes(const Op& op) {
  for (const auto& [name, value] : op.attributes()) {
    if (auto checked = check_attribute(op.definition(), name, value); !checked) {
      return Diagnostic{op.location(), checked.error().message, checked.error().note};
    }
  }
  for (const AttributeSpec& spec : op.definition().attributes) {
    if (!spec.required || op.has(spec.name)) continue;
    return Diagnostic{op.location(), fmt::format("{} needs the attribute {}", op.name(), spec.name),
                      std::string(spec.summary)};
  }
  return ok();
}

Status check_counts(const Op& op) {
  const OpDefinition& definition = op.definition();
  const int operands = static_cast<int>(op.operands().size());
  if (operands < definition.min_operands ||
      (definition.max_operands >= 0 && operands > definition.max_operands)) {
    return Diagnostic{
        op.location(),
        fmt::format("{} takes {}{} operand{}, not {}", op.name(),
                    definition.max_operands < 0 ? "at least " : "", definition.min_operands,
                    definition.min_operands == 1 ? "" : "s", operands),
        ""};
  }
  if (static_cast<int>(op.region_count()) != definition.region_count) {
    return Diagnostic{
        op.location(),
        fmt::format("{} takes {} region{}, not {}", op.name(), definition.region_count,
                    definition.region_count == 1 ? "" : "s", op.region_count()),
        ""};
  }
  return ok();
}

}  // namespace

std::span<const OpDefinition> op_definitions() { return definitions(); }

const OpDefinition* find_op(std::string_view name) {
  for (const OpDefinition& definition : definitions()) {
    if (definition.name == name) return &definition;
  }
  return nullptr;
}

int64_t operation_count(const Op& op) {
  constexpr int64_t kExpensive = 10;
  const OpFacts& facts = op.definition().facts;
  if (facts.operation_count != nullptr) return facts.operation_count(op);
  int64_t elements = 0;
  for (size_t i = 0; i < op.result_count(); ++i)
    elements = std::max(elements, op.result(i)->type().count());
  return elements * (facts.cost == ElementCost::expensive ? kExpensive : 1);
}

bool accumulates(const Op& op) {
  return op.is(OpClass::reduction) || op.is(OpClass::contraction) || op.is(OpClass::scatter);
}

Status check_attribute(const OpDefinition& definition, std::string_view name,
                       const Attribute& value) {
  std::vector<std::string_view> names;
  for (const AttributeSpec& spec : definition.attributes) {
    names.push_back(spec.name);
    if (spec.name != name) continue;
    if (value.index() == static_cast<size_t>(spec.kind)) return ok();
    return Diagnostic{
        "",
        fmt::format("{}: the attribute {} must be {}", definition.name, name, name_of(spec.kind)),
        std::string(spec.summary)};
  }
  std::string note = did_you_mean(name, names);
  if (note.empty()) {
    note = names.empty() ? "it takes none" : fmt::format("it takes {}", fmt::join(names, ", "));
  }
  return Diagnostic{"", fmt::format("{} has no attribute {}", definition.name, name),
                    std::move(note)};
}

Expected<std::vector<Type>> check_op(const Op& op, std::span<const Type> declared) {
  KILN_TRY(check_counts(op));
  KILN_TRY(check_attributes(op));
  for (const Type& type : declared) {
    if (auto problem = problem_of(type)) return Diagnostic{op.location(), *problem, ""};
  }
  KILN_ASSIGN(std::vector<Type> types, op.definition().infer(op, declared));
  for (const Type& type : types) {
    if (auto problem = problem_of(type)) {
      return Diagnostic{op.location(), fmt::format("{}: its result {}", op.name(), *problem), ""};
    }
  }
  return types;
}

}  // namespace kiln::ir
