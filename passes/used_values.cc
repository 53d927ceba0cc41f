#include "passes/used_values.h"

namespace kiln::passes {

void add_sources(const ir::Region& region, Values& values) {
  for (size_t i = region.ops().size(); i-- > 0;) {
    const ir::Op& op = *region.ops()[i];
    if (is_used(op, values)) values.insert(op.operands().begin(), op.operands().end());
  }
}

bool is_used(const ir::Op& op, const Values& used) {
  for (size_t i = 0; i < op.result_count(); ++i) {
    if (used.contains(op.result(i))) return true;
  }
  return false;
}

}  // namespace kiln::passes
