// bf16 in kernels for CUDA, whose backend in Halide knows it as 16 bits and no number.
#pragma once

#include <Halide.h>

namespace kiln::codegen {

/// A lowering pass: what converts to and from bf16 becomes arithmetic on bits.
class Bfloat16ByBits : public Halide::Internal::IRMutator {
 private:
  using Halide::Internal::IRMutator::visit;

  Halide::Expr visit(const Halide::Internal::Cast* cast) override;
};

}  // namespace kiln::codegen
