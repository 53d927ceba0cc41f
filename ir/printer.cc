#include "ir/printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "ir/lexer.h"
#include "ir/literal_text.h"

namespace kiln::ir {
namespace {

/// `@name`, or `@"any name"` where a character needs it.
std::string symbol_text(std::string_view name) {
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), is_symbol_character);
  return "@" + (plain ? std::string(name) : quoted(name));
}

/// An attribute's name, quoted where it does not read as a word.
std::string key_text(std::string_view name) {
  const bool plain = !name.empty() && is_word_start(name[0]) &&
                     std::all_of(name.begin(), name.end(), is_word_character);
  return plain ? std::string(name) : quoted(name);
}

std::string binding_text(const Binding& binding) {
  return binding.is_variable ? symbol_text(binding.name) : quoted(binding.name);
}

/// Appends text of the IR to a string, with one numbering of values.
class Printer {
 public:
  explicit Printer(const PrintOptions& options) : options_(options) {}

  std::string take() { return std::move(out_); }
  /// Gives the region's values, and those of the regions within, their numbers.
  void number(const Region& region);
  void number(const Value* value) { numbers_.try_emplace(value, numbers_.size()); }
  void number_results(const Op& op);

  void module(const Module& module);
  void function(const Function& function, int indent);
  void op(const Op& op, int indent);
  void op_line(const Op& op);
  void region(const Region& region, int indent);
  void attribute(const Attribute& attribute);

 private:
  template <typename... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }
  void start_line(int indent) { out_.append(static_cast<size_t>(2 * indent), ' '); }
  void value(const Value* value);
  void values(std::span<Value* const> values);
  void attributes(const Attributes& attributes, bool typed_literals);
  void location(const Location& location);
  void variable(const Variable& variable);
  void signature(const Function& function);
  void body(const Region& region, int indent);

  const PrintOptions& options_;
  std::string out_;
  std::unordered_map<const Value*, size_t> numbers_;
};

void Printer::number(const Region& region) {
  for (size_t i = 0; i < region.argument_count(); ++i) number(region.argument(i));
  for (const auto& op : region.ops()) number_results(*op);
}

void Printer::number_results(const Op& op) {
  for (size_t i = 0; i < op.result_count(); ++i) number(op.result(i));
  for (size_t i = 0; i < op.region_count(); ++i) number(op.region(i));
}

void Printer::value(const Value* value) {
  auto found = numbers_.find(value);
  if (found == numbers_.end()) {
    out_ += "%?";
  } else {
    add("%{}", found->second);
  }
}

void Printer::values(std::span<Value* const> values) {
  std::string_view separator = "";
  for (const Value* each : values) {
    out_ += std::exchange(separator, ", ");
    value(each);
  }
}

void Printer::attribute(const Attribute& attribute) {
  struct {
    Printer& printer;
    void operator()(bool value) { printer.add("{}", value); }
    void operator()(int64_t value) { printer.add("{}", value); }
    void operator()(double value) { printer.out_ += number_text(value); }
    void operator()(const std::string& value) { printer.out_ += quoted(value); }
    void operator()(const Integers& value) { printer.add("[{}]", fmt::join(value, ", ")); }
    void operator()(const Strings& value) {
      if (value.empty()) printer.out_ += "[:str]";  // `[]` is a list of integers
      for (size_t i = 0; i < value.size(); ++i)
        printer.add("{}{}", i ? ", " : "[", quoted(value[i]));
      if (!value.empty()) printer.out_ += ']';
    }
    void operator()(const Placements& value) {
      Strings texts;
      for (const Placement& placement : value) texts.push_back(placement.to_string());
      (*this)(texts);
    }
    void operator()(const Literal& value) {
      printer.add("{} : {}", literal_text(value, printer.options_.largest_constant),
                  value.type().to_string());
    }
  } print{*this};
  std::visit(print, attribute);
}

void Printer::attributes(const Attributes& attributes, bool typed_literals) {
  std::string_view separator = "{";
  for (const auto& [name, value] : attributes) {
    add("{}{} = ", std::exchange(separator, ", "), key_text(name));
    const auto* literal = std::get_if<Literal>(&value);
    if (literal && !typed_literals) {
      out_ += literal_text(*literal, options_.largest_constant);
    } else {
      attribute(value);
    }
  }
  out_ += attributes.empty() ? "{}" : "}";
}

void Printer::location(const Location& location) {
  if (options_.locations && !location.empty()) add(" loc({})", quoted(location));
}

void Printer::op_line(const Op& op) {
  for (size_t i = 0; i < op.result_count(); ++i) {
    if (i > 0) out_ += ", ";
    value(op.result(i));
  }
  add("{}{}", op.result_count() ? " = " : "", op.name());
  if (!op.operands().empty()) out_ += ' ';
  values(op.operands());
  if (!op.attributes().empty()) {
    out_ += ' ';
    // A constant's literal has the result's type, which follows.
    attributes(op.attributes(), !op.is("constant"));
  }
  for (size_t i = 0; i < op.result_count(); ++i) {
    add("{}{}", i ? ", " : " : ", op.result(i)->type().to_string());
  }
}

void Printer::op(const Op& op, int indent) {
  start_line(indent);
  op_line(op);
  for (size_t i = 0; i < op.region_count(); ++i) {
    out_ += ' ';
    region(op.region(i), indent);
  }
  location(op.location());
  out_ += '\n';
}

void Printer::region(const Region& region, int indent) {
  out_ += "region(";
  for (size_t i = 0; i < region.argument_count(); ++i) {
    if (i > 0) out_ += ", ";
    value(region.argument(i));
    add(": {}", region.argument(i)->type().to_string());
  }
  out_ += ") ";
  body(region, indent);
}

void Printer::body(const Region& region, int indent) {
  out_ += "{\n";
  for (const auto& each : region.ops()) op(*each, indent + 1);
  start_line(indent + 1);
  out_ += region.results().empty() ? "return" : "return ";
  values(region.results());
  out_ += '\n';
  start_line(indent);
  out_ += '}';
}

void Printer::signature(const Function& function) {
  add("func {}(", symbol_text(function.name));
  for (size_t i = 0; i < function.body.argument_count(); ++i) {
    if (i > 0) out_ += ", ";
    value(function.body.argument(i));
    add(": {}", function.body.argument(i)->type().to_string());
    if (i < function.argument_bindings.size())
      add(" {}", binding_text(function.argument_bindings[i]));
  }
  out_ += ") -> (";
  for (size_t i = 0; i < function.body.results().size(); ++i) {
    const Value* result = function.body.results()[i];
    add("{}{}", i ? ", " : "", result ? result->type().to_string() : "?");
    if (i < function.result_bindings.size()) add(" {}", binding_text(function.result_bindings[i]));
  }
  out_ += ')';
}

void Printer::function(const Function& function, int indent) {
  numbers_.clear();
  number(function.body);
  start_line(indent);
  signature(function);
  if (!function.attributes.empty()) {
    out_ += " attributes ";
    attributes(function.attributes, true);
  }
  out_ += ' ';
  body(function.body, indent);
  out_ += '\n';
}

void Printer::variable(const Variable& variable) {
  add("  variable {} : {} ", symbol_text(variable.name), variable.type.to_string());
  Attributes all = variable.attributes;
  all["role"] = std::string(name_of(variable.role));
  attributes(all, true);
  location(variable.location);
  out_ += '\n';
}

void Printer::module(const Module& module) {
  add("module {} ", symbol_text(module.name));
  if (!module.attributes.empty()) {
    out_ += "attributes ";
    attributes(module.attributes, true);
    out_ += ' ';
  }
  out_ += "{\n";
  for (const Variable& each : module.variables) variable(each);
  for (const auto& each : module.functions) function(*each, 1);
  out_ += "}\n";
}

}  // namespace

std::string print(const Module& module, const PrintOptions& options) {
  Printer printer(options);
  printer.module(module);
  return printer.take();
}

std::string print(const Function& function, const PrintOptions& options) {
  Printer printer(options);
  printer.function(function, 0);
  return printer.take();
}

std::string print(const Op& op, const PrintOptions& options) {
  Printer printer(options);
  for (const Value* operand : op.operands()) printer.number(operand);
  printer.number_results(op);
  printer.op(op, 0);
  return printer.take();
}

std::string print(const Region& region, const PrintOptions& options) {
  Printer printer(options);
  printer.number(region);
  printer.region(region, 0);
  return printer.take() + "\n";
}

std::string print_line(const Function& function, const Op& op, const PrintOptions& options) {
  Printer printer(options);
  printer.number(function.body);
  printer.op_line(op);
  std::string line = printer.take();
  if (options.locations && !op.location().empty())
    line += fmt::format(" loc({})", quoted(op.location()));
  return line;
}

std::string print(const Attribute& attribute, const PrintOptions& options) {
  Printer printer(options);
  printer.attribute(attribute);
  return printer.take();
}

}  // namespace kiln::ir
