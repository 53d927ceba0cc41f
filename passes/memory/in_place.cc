#include "passes/memory/in_place.h"

#include <algorithm>
#include <unordered_set>

#include "ir/ops/definition.h"

namespace kiln::passes {
namespace {

/// Values that depend on `source` element by element, `source` included; empty if any op reads them
/// otherwise.
std::unordered_set<const ir::Value*> elementwise_cone(const ir::Region& region,
                                                      const ir::Value* source) {
  std::unordered_set<const ir::Value*> cone = {source};
  for (const auto& op : region.ops()) {
    const auto operands = op->operands();
    const bool reads = std::any_of(operands.begin(), operands.end(),
                                   [&](const ir::Value* v) { return cone.contains(v); });
    if (!reads) continue;
    if (!op->is(ir::OpClass::elementwise)) return {};
    for (size_t i = 0; i < op->result_count(); ++i) cone.insert(op->result(i));
  }
  return cone;
}

}  // namespace

bool can_write_over(const ir::Op& fusion, size_t operand, size_t result) {
  const ir::Region& region = fusion.region();
  const ir::Value* source = region.argument(operand);
  if (source->type() != region.results()[result]->type()) return false;
  const auto operands = fusion.operands();
  if (std::count(operands.begin(), operands.end(), fusion.operand(operand)) != 1) return false;
  return !elementwise_cone(region, source).empty();
}

}  // namespace kiln::passes
