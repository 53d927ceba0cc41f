// Kernels over fewer dimensions.
#pragma once

#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::passes {

/// In the region of each contraction kernel, neighbouring dimensions that all its ops treat alike
/// become one: what a Dense layer does to sequences becomes a product of matrices, and its tiles
/// cross from one sequence to the next.
///
///   fusion %0, %1 : tensor<4x8x16xf32> region(%4: tensor<4x8x32xf32>, %5: tensor<32x16xf32>) {
///     %6 = dot_general %4, %5 {..., lhs_contracting = [2], ...} : tensor<4x8x16xf32>
///
/// becomes
///
///   fusion %0, %1 : tensor<4x8x16xf32> region(%4: tensor<32x32xf32>, %5: tensor<32x16xf32>) {
///     %6 = dot_general %4, %5 {..., lhs_contracting = [1], ...} : tensor<32x16xf32>
///
/// The fusion's operands and results stay as they are: its region sees views of them.
Status collapse(ir::Module& module);

}  // namespace kiln::passes
