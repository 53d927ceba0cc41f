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
///
///     %4 = scan %0, %1, %2 {carries = 1, stacked = 1, trip_count = 5} : tensor<2x3xf32>
///         region(%5: tensor<2x3xf32>, %6: tensor<2x4xf32>, %7: tensor<4x3xf32>) {
///       %8 = dot_general %6, %7 {..., lhs_contracting = [1], ...} : tensor<2x3xf32>
///       %9 = add %5, %8 : tensor<2x3xf32>
///       %10 = tanh %9 : tensor<2x3xf32>
///       return %10
///     }
/// becomes
///     %4 = dot_general %1, %2 {..., lhs_contracting = [2], ...} : tensor<5x2x3xf32>
///     %5 = scan %0, %4 {carries = 1, stacked = 1, trip_count = 5} : tensor<2x3xf32>
///         region(%6: tensor<2x3xf32>, %7: tensor<2x3xf32>) {
///       %8 = add %6, %7 : tensor<2x3xf32>
///       %9 = tanh %8 : tensor<2x3xf32>
///       return %9
///     }
Status hoist(ir::Module& module);

}  // namespace kiln::passes
