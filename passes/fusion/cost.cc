#include "passes/fusion/cost.h"

#include "ir/ops/definition.h"

namespace kiln::passes {

bool is_large(ir::FusionKind kind, const ir::Op& op) {
  switch (kind) {
    case ir::FusionKind::contraction:
    case ir::FusionKind::convolution:
      return operation_count(op) >= kLargeProduct;
    case ir::FusionKind::reduction:
    case ir::FusionKind::window:
      return op.operand(0)->type().count() >= kLargeTensor;
    case ir::FusionKind::scatter:
      return operation_count(op) >= kLargeTensor;
    case ir::FusionKind::pointwise:
      return op.result()->type().count() >= kLargeTensor;
    case ir::FusionKind::serial:
      return false;
  }
  KILN_CHECK(false, "there is no fusion kind {}", static_cast<int>(kind));
}

size_t compile_cost(const ir::Op& op) { return op.is(ir::OpClass::contraction) ? kProductOps : 1; }

}  // namespace kiln::passes
