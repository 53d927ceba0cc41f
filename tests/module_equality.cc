#include "tests/module_equality.h"

#include <fmt/format.h>

#include <bit>
#include <unordered_map>

#include "ir/printer.h"

namespace kiln::tests {
namespace {

using ir::Attribute;
using ir::Value;

bool equal(const Attribute& a, const Attribute& b) {
  if (a.index() != b.index()) return false;
  const auto* x = std::get_if<double>(&a);
  if (!x) return a == b;
  return std::bit_cast<uint64_t>(*x) == std::bit_cast<uint64_t>(std::get<double>(b));  // NaN, -0
}

std::string difference(const ir::Attributes& a, const ir::Attributes& b) {
  if (a.size() != b.size()) return fmt::format("{} and {} attributes", a.size(), b.size());
  for (const auto& [name, value] : a) {
    const auto found = b.find(name);
    if (found == b.end()) return fmt::format("attribute {} on one side only", name);
    if (!equal(value, found->second)) {
      return fmt::format("attribute {}: {} and {}", name, ir::print(value),
                         ir::print(found->second));
    }
  }
  return "";
}

/// Walks two regions at once; pairs values as they are defined.
class Comparison {
 public:
  std::string regions(const ir::Region& a, const ir::Region& b);

 private:
  std::string ops(const ir::Op& a, const ir::Op& b);
  bool paired(const Value* a, const Value* b) const {
    const auto found = pairs_.find(a);
    return found != pairs_.end() && found->second == b;
  }
  bool paired(std::span<Value* const> a, std::span<Value* const> b) const {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
      if (!paired(a[i], b[i])) return false;
    }
    return true;
  }

  std::unordered_map<const Value*, const Value*> pairs_;
};

std::string Comparison::ops(const ir::Op& a, const ir::Op& b) {
  if (a.name() != b.name()) return fmt::format("{} and {}", a.name(), b.name());
  if (!paired(a.operands(), b.operands())) return fmt::format("{}: other operands", a.name());
  if (a.location() != b.location())
    return fmt::format("{}: \"{}\" and \"{}\"", a.name(), a.location(), b.location());
  if (auto found = difference(a.attributes(), b.attributes()); !found.empty()) {
    return fmt::format("{}: {}", a.name(), found);
  }
  if (a.result_count() != b.result_count()) return fmt::format("{}: other results", a.name());
  for (size_t i = 0; i < a.result_count(); ++i) {
    if (a.result(i)->type() != b.result(i)->type())
      return fmt::format("{}: other result types", a.name());
    pairs_[a.result(i)] = b.result(i);
  }
  if (a.region_count() != b.region_count()) return fmt::format("{}: other regions", a.name());
  for (size_t i = 0; i < a.region_count(); ++i) {
    if (auto found = regions(a.region(i), b.region(i)); !found.empty()) return found;
  }
  return "";
}

std::string Comparison::regions(const ir::Region& a, const ir::Region& b) {
  if (a.argument_count() != b.argument_count()) return "other arguments";
  for (size_t i = 0; i < a.argument_count(); ++i) {
    if (a.argument(i)->type() != b.argument(i)->type())
      return fmt::format("argument {}: other type", i);
    pairs_[a.argument(i)] = b.argument(i);
  }
  if (a.ops().size() != b.ops().size())
    return fmt::format("{} and {} ops", a.ops().size(), b.ops().size());
  for (size_t i = 0; i < a.ops().size(); ++i) {
    if (auto found = ops(*a.ops()[i], *b.ops()[i]); !found.empty())
      return fmt::format("op {}: {}", i, found);
  }
  return paired(a.results(), b.results()) ? "" : "other results";
}

std::string difference(const ir::Variable& a, const ir::Variable& b) {
  if (a.name != b.name || a.type != b.type || a.role != b.role || a.location != b.location) {
    return fmt::format("variables @{} and @{} differ", a.name, b.name);
  }
  return difference(a.attributes, b.attributes);
}

std::string difference(const ir::Function& a, const ir::Function& b) {
  if (a.name != b.name) return fmt::format("@{} and @{}", a.name, b.name);
  if (a.argument_bindings != b.argument_bindings || a.result_bindings != b.result_bindings) {
    return fmt::format("@{}: other bindings", a.name);
  }
  std::string found = difference(a.attributes, b.attributes);
  if (found.empty()) found = Comparison().regions(a.body, b.body);
  return found.empty() ? "" : fmt::format("@{}: {}", a.name, found);
}

}  // namespace

std::string difference(const ir::Region& a, const ir::Region& b) {
  return Comparison().regions(a, b);
}

std::string difference(const ir::Module& a, const ir::Module& b) {
  if (a.name != b.name) return fmt::format("modules @{} and @{}", a.name, b.name);
  if (auto found = difference(a.attributes, b.attributes); !found.empty()) return found;
  if (a.variables.size() != b.variables.size()) return "other variables";
  for (size_t i = 0; i < a.variables.size(); ++i) {
    if (auto found = difference(a.variables[i], b.variables[i]); !found.empty()) return found;
  }
  if (a.functions.size() != b.functions.size()) return "other functions";
  for (size_t i = 0; i < a.functions.size(); ++i) {
    if (auto found = difference(*a.functions[i], *b.functions[i]); !found.empty()) return found;
  }
  return "";
}

}  // namespace kiln::tests
