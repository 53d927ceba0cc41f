// Work out of loops.
#pragma once

#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::passes {

/// Moves out of every scan what need not be done step by step:
///   before it  products and reductions (with what leads to them, and the elementwise ops after
///              them) that depend on no carry: an LSTM's input projection is one product over all
///              time steps; and whatever depends on nothing that changes;
///   after it   products and reductions that no carry depends on: their operands become stacked
///              outputs; a carry that only sums them up becomes one product, or reduction, over all
///              steps: the gradients of an LSTM's kernels.
/// A matrix that a product reads across its rows in every step is transposed once, before the loop.
/// Sums come in another order. Simplifies the module afterwards.
Status hoist(ir::Module& module);

}  // namespace kiln::passes
