#include "passes/memory/liveness.h"

namespace kiln::passes {

const ir::Value* storage_of(const ir::Value* value) {
  while (value->op() != nullptr && value->op()->is("reshape")) value = value->op()->operand(0);
  return value;
}

Liveness::Liveness(const ir::Region& region) {
  for (size_t i = 0; i < region.ops().size(); ++i) {
    const ir::Op& op = *region.ops()[i];
    for (size_t r = 0; r < op.result_count(); ++r) first_[op.result(r)] = last_[op.result(r)] = i;
    for (const ir::Value* operand : op.operands()) last_[storage_of(operand)] = i;
  }
}

std::optional<size_t> Liveness::last(const ir::Value* value) const {
  const auto found = last_.find(value);
  if (found == last_.end()) return {};
  return found->second;
}

void Liveness::add_result(const ir::Value* result) {
  first_[result] = last_[result] = first_.at(result->op()->result(0));
}

}  // namespace kiln::passes
