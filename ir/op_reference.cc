#include "ir/op_reference.h"

#include <fmt/format.h>

#include <algorithm>

#include "ir/ops/definition.h"

namespace kiln::ir {
namespace {

/// "2", "1 or more", "none"
std::string operand_count(const OpDefinition& op) {
  if (op.max_operands < 0)
    return op.min_operands == 0 ? "any" : fmt::format("{} or more", op.min_operands);
  if (op.max_operands != op.min_operands)
    return fmt::format("{} to {}", op.min_operands, op.max_operands);
  return op.max_operands == 0 ? "none" : std::to_string(op.max_operands);
}

std::string attribute_line(const AttributeSpec& spec) {
  return fmt::format("{}: {}{}", spec.name, spec.required ? "" : "(optional) ", spec.summary);
}

/// Text that keeps its meaning within a Markdown table's cell.
std::string cell(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '_') result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

std::string op_reference_text() {
  size_t width = 0;
  for (const OpDefinition& op : op_definitions()) width = std::max(width, op.name.size());
  std::string text = fmt::format("{:{}}  {:9}  {}\n", "op", width, "operands", "meaning");
  for (const OpDefinition& op : op_definitions()) {
    text += fmt::format("{:{}}  {:9}  {}\n", op.name, width, operand_count(op), op.summary);
    for (const AttributeSpec& spec : op.attributes) {
      text += fmt::format("{:{}}  {:9}    {}\n", "", width, "", attribute_line(spec));
    }
  }
  return text;
}

std::string op_reference_markdown() {
  std::string text = "| op | operands | attributes | meaning |\n|---|---|---|---|\n";
  for (const OpDefinition& op : op_definitions()) {
    std::string attributes;
    for (const AttributeSpec& spec : op.attributes) {
      if (!attributes.empty()) attributes += "<br>";
      attributes += fmt::format("`{}`: {}{}", spec.name, spec.required ? "" : "(optional) ",
                                cell(spec.summary));
    }
    text += fmt::format("| `{}` | {} | {} | {} |\n", op.name, operand_count(op), attributes,
                        cell(op.summary));
  }
  return text;
}

}  // namespace kiln::ir
