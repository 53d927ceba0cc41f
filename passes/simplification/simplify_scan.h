// Scans that carry, read and give no more than is needed.
#pragma once

#include "ir/op.h"

namespace kiln::passes {

/// In the region and those within it, rebuilds scans without: results that nothing reads, and the
/// carries, operands and ops that only they needed; carries that never change (they are
/// invariants); operands that stand twice, or are splat constants (those are made in the body);
/// outputs that stand twice, or only repeat a stacked operand. True if anything changed.
///
///     %2, %3 = scan %0, %1 {carries = 2, stacked = 0, trip_count = 5} : tensor<f32>, tensor<f32>
///         region(%4: tensor<f32>, %5: tensor<f32>) {
///       %6 = multiply %4, %5 : tensor<f32>
///       return %6, %5
///     }
/// becomes, for the second carry never changes,
///     %2 = scan %0, %1 {carries = 1, stacked = 0, trip_count = 5} : tensor<f32>
///         region(%3: tensor<f32>, %4: tensor<f32>) {
///       %5 = multiply %3, %4 : tensor<f32>
///       return %5
///     }
bool simplify_scans(ir::Region& region);

}  // namespace kiln::passes
