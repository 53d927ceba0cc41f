#include "passes/free_ops.h"

#include "ir/ops/definition.h"

namespace kiln::passes {

bool is_free(const ir::Op& op) { return op.definition().facts.cost == ir::ElementCost::free; }

bool is_dense_constant(const ir::Op& op) {
  return op.is("constant") && !op.get<ir::Literal>("value").is_splat() &&
         op.result()->type().rank() > 0;
}

bool is_addressable(const ir::Value& value) {
  if (value.is_argument() || !is_free(*value.op())) return true;
  if (value.op()->is("reshape")) return is_addressable(*value.op()->operand(0));
  return is_dense_constant(*value.op());
}

}  // namespace kiln::passes
