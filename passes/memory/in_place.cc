#include "passes/memory/in_place.h"

#include <unordered_map>
#include <unordered_set>

#include "ir/ops/definition.h"
#include "passes/memory/liveness.h"

namespace kiln::passes {
namespace {

/// The region's values that some op reads other than element by element, or that such values are
/// computed from.
std::unordered_set<const ir::Value*> values_read_otherwise(const ir::Region& region) {
  std::unordered_set<const ir::Value*> otherwise;
  for (size_t i = region.ops().size(); i-- > 0;) {
    const ir::Op& op = *region.ops()[i];
    bool spreads = !op.is(ir::OpClass::elementwise);
    for (size_t r = 0; r < op.result_count(); ++r)
      spreads = spreads || otherwise.contains(op.result(r));
    if (spreads) otherwise.insert(op.operands().begin(), op.operands().end());
  }
  return otherwise;
}

/// Whether each operand may be written over by a result of its type.
std::vector<bool> overwritable_operands(const ir::Op& fusion) {
  const ir::Region& region = fusion.region();
  const auto otherwise = values_read_otherwise(region);
  std::unordered_map<const ir::Value*, size_t> uses;  // of each buffer
  for (const ir::Value* operand : fusion.operands()) ++uses[storage_of(operand)];
  std::vector<bool> overwritable;
  for (size_t i = 0; i < fusion.operands().size(); ++i) {
    overwritable.push_back(uses.at(storage_of(fusion.operand(i))) == 1 &&
                           !otherwise.contains(region.argument(i)));
  }
  return overwritable;
}

}  // namespace

bool InPlaceWrites::allowed(const ir::Op& fusion, size_t operand, size_t result) {
  const ir::Region& region = fusion.region();
  if (region.argument(operand)->type() != region.results()[result]->type()) return false;
  auto found = overwritable_.find(&fusion);
  if (found == overwritable_.end())
    found = overwritable_.emplace(&fusion, overwritable_operands(fusion)).first;
  return found->second[operand];
}

}  // namespace kiln::passes
