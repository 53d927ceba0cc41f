// Constants in f64 in kernels for OpenCL, whose backend in Halide writes no more than f32's digits,
// and infinities as f32.
#pragma once

#include <Halide.h>

namespace kiln::codegen {

/// A lowering pass: f64 constants that are no numbers of f32 become their bits.
class DoublesByBits : public Halide::Internal::IRMutator {
 private:
  using Halide::Internal::IRMutator::visit;

  Halide::Expr visit(const Halide::Internal::FloatImm* constant) override;
};

}  // namespace kiln::codegen
