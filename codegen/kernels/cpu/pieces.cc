#include "codegen/kernels/cpu/pieces.h"

#include <numeric>

#include "codegen/kernels/cpu/register_cost.h"
#include "ir/ops/movement.h"

namespace kiln::codegen::cpu {
namespace {

/// The greatest extent that divides all pieces of rows of that extent; 0 where there are none.
int64_t common_piece(const ir::Region& region, int64_t extent) {
  int64_t piece = 0;
  for (const auto& op : region.ops()) {
    if (!op->is("concatenate") || op->result()->type().shape.back() != extent) continue;
    if (ir::Concatenate::of(*op).dimension != op->result()->type().rank() - 1) continue;
    for (const ir::Value* operand : op->operands())
      piece = std::gcd(piece, operand->type().shape.back());
  }
  return piece;
}

}  // namespace

InnermostLoop unroll_pieces(Halide::Func func, int64_t extent, const ir::Region& region) {
  const Halide::Var x = func.args()[0];
  const int64_t piece = common_piece(region, extent);
  if (piece == 0 || piece == extent || extent / piece > kMostConcatenated) return {x, extent};
  const Halide::Var pieces("pieces"), within("within");
  func.split(x, pieces, within, static_cast<int>(piece)).unroll(pieces);
  return {within, piece};
}

}  // namespace kiln::codegen::cpu
