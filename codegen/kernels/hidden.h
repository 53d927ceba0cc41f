// Expressions that Halide must not see through before it has found out what is accessed.
#pragma once

#include <Halide.h>

namespace kiln::codegen {

/// x, of which Halide knows nothing but its type until Reveal has run.
Halide::Expr hidden(const Halide::Expr& x);

/// A lowering pass: what was hidden is seen again.
class Reveal : public Halide::Internal::IRMutator {
 private:
  using Halide::Internal::IRMutator::visit;

  Halide::Expr visit(const Halide::Internal::Call* call) override;
};

}  // namespace kiln::codegen
