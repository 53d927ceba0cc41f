#include "codegen/kernels/stored_values.h"

#include "ir/ops/definition.h"
#include "ir/ops/reduction.h"

namespace kiln::codegen {
namespace {

/// Whether computing an element twice costs more than storing it.
bool is_costly(const ir::Op& op) { return op.definition().facts.cost >= ir::ElementCost::division; }

/// Ops in the expression of one element, from which on a value that several ops read is stored:
/// each reader writes the expression out again, and long chains of single elements never finished
/// compiling. Chosen, not measured; `tests/codegen:compile_time` measures it.
constexpr int64_t kInlinedOps = 24;

std::unordered_map<const ir::Value*, int> count_uses(const ir::Region& region) {
  std::unordered_map<const ir::Value*, int> uses;
  for (const auto& op : region.ops()) {
    for (const ir::Value* operand : op->operands()) ++uses[operand];
  }
  for (const ir::Value* result : region.results()) ++uses[result];
  return uses;
}

/// The values that elements of an extreme are: a derivative, or an argmax, compares them with it,
/// which only finds them where both have the same bits. Computed twice they need not have.
std::unordered_set<const ir::Value*> compared_values(const ir::Region& region) {
  std::unordered_set<const ir::Value*> compared;
  for (const auto& op : region.ops()) {
    if (!op->is("reduce") || ir::Reduce::of(*op).reducer == "add") continue;
    const ir::Value* value = op->operand(0);
    while (value->op() != nullptr && value->op()->is(ir::OpClass::movement))
      value = value->op()->operand(0);
    compared.insert(value);
  }
  return compared;
}

}  // namespace

StoredValues::StoredValues(const ir::Region& region)
    : uses_(count_uses(region)), compared_(compared_values(region)) {}

bool StoredValues::add(const ir::Op& op, const ir::Value* result) {
  int64_t ops = 1;
  for (const ir::Value* operand : op.operands()) ops += ops_[operand];
  const bool is_read_often = uses_[result] > 1;
  const bool is_constant_to_halide = result->type().count() == 1;  // see state_func
  if (compared_.contains(result) || (is_read_often && ops > kInlinedOps)) return true;
  if (is_costly(op) && (is_read_often || is_constant_to_halide)) return true;
  ops_[result] = ops;
  return false;
}

Halide::Func state_func(Algorithm& algorithm, const ir::Value* state) {
  if (state->is_argument()) return algorithm.inputs.at(static_cast<size_t>(state->index())).in();
  return algorithm.funcs.at(state);
}

}  // namespace kiln::codegen
