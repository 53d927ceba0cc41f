#include "codegen/kernels/bfloat16.h"

namespace kiln::codegen {
namespace {

using Halide::cast;
using Halide::Expr;
using Halide::reinterpret;

/// A bf16 is the upper half of the f32 that it equals.
Expr to_f32(Expr x) {
  const int lanes = x.type().lanes();
  Expr bits = cast(Halide::UInt(32, lanes), reinterpret(Halide::UInt(16, lanes), x));
  return reinterpret(Halide::Float(32, lanes), bits << 16);
}

/// The nearest, of two the even one. CUDA's NaN has all bits set, and would be rounded up to -0.
Expr from_f32(Expr x) {
  const int lanes = x.type().lanes();
  Expr bits = reinterpret(Halide::UInt(32, lanes), x);
  Expr rounded = bits + (((bits >> 16) & 1) + 0x7fff);
  Expr is_nan = (bits & 0x7fffffff) > 0x7f800000;
  Expr upper = select(is_nan, bits | 0x400000, rounded) >> 16;
  return reinterpret(Halide::BFloat(16, lanes), cast(Halide::UInt(16, lanes), upper));
}

}  // namespace

Expr Bfloat16ByBits::visit(const Halide::Internal::Cast* op) {
  const Halide::Type from = op->value.type(), to = op->type;
  if (from.is_bfloat() == to.is_bfloat()) return IRMutator::visit(op);
  Expr x = mutate(op->value);
  return from.is_bfloat() ? cast(to, to_f32(x)) : from_f32(cast(Halide::Float(32, to.lanes()), x));
}

}  // namespace kiln::codegen
