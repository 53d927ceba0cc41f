// Value numbering by a hash table, as MLIR's CSE; regions have no control flow, so one scope each.
#include "passes/simplification/eliminate_common_subexpressions.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "ir/ops/definition.h"
#include "passes/rewrite.h"

namespace kiln::passes {
namespace {

using ir::Op;
using ir::Value;

std::vector<Value*> operands_in_canonical_order(const Op& op) {
  std::vector<Value*> operands(op.operands().begin(), op.operands().end());
  if (op.definition().facts.commutative) std::sort(operands.begin(), operands.end(), std::less<>());
  return operands;
}

/// Of what is cheap to hash; equality decides.
size_t hash_of(const Op& op) {
  size_t hash = std::hash<std::string_view>()(op.name());
  auto mix = [&](size_t value) { hash = hash * 0x9E3779B97F4A7C15u + value; };
  for (Value* operand : operands_in_canonical_order(op)) mix(std::hash<Value*>()(operand));
  for (size_t i = 0; i < op.result_count(); ++i) {
    mix(static_cast<size_t>(op.result(i)->type().element));
    for (int64_t extent : op.result(i)->type().shape) mix(static_cast<size_t>(extent));
  }
  // Of one tensor there may be very many slices.
  for (const auto& [name, attribute] : op.attributes()) {
    if (const auto* integers = std::get_if<ir::Integers>(&attribute)) {
      for (int64_t each : *integers) mix(static_cast<size_t>(each));
    }
  }
  if (op.is("constant")) {
    const auto& bytes = op.get<ir::Literal>("value").bytes();
    for (size_t i = 0; i < std::min<size_t>(bytes.size(), 64); ++i)
      mix(static_cast<size_t>(bytes[i]));
  }
  return hash;
}

bool same(const Op& a, const Op& b) {
  if (&a.definition() != &b.definition() || a.result_count() != b.result_count()) return false;
  for (size_t i = 0; i < a.result_count(); ++i) {
    if (a.result(i)->type() != b.result(i)->type()) return false;
  }
  return operands_in_canonical_order(a) == operands_in_canonical_order(b) &&
         a.attributes() == b.attributes();
}

}  // namespace

bool eliminate_common_subexpressions(ir::Region& region) {
  std::unordered_multimap<size_t, const Op*> known;
  bool changed = false;
  for (const auto& op : region.ops()) {
    for (size_t i = 0; i < op->region_count(); ++i)
      changed = eliminate_common_subexpressions(op->region(i)) || changed;
  }
  auto merge = [&](const Op& op, ir::Builder&) -> std::vector<Value*> {
    if (op.region_count() > 0) return {};
    const size_t hash = hash_of(op);
    auto [begin, end] = known.equal_range(hash);
    for (auto it = begin; it != end; ++it) {
      if (!same(op, *it->second)) continue;
      std::vector<Value*> values;
      for (size_t i = 0; i < op.result_count(); ++i) values.push_back(it->second->result(i));
      return values;
    }
    known.emplace(hash, &op);
    return {};
  };
  return rewrite(region, merge) || changed;
}

}  // namespace kiln::passes
