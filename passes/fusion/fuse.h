// Ops into kernels.
#pragma once

#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::passes {

/// Replaces the ops of every function, and of the regions of scans, by `fusion` ops, each one
/// kernel:
///   contraction  a large dot_general and the elementwise ops of its result's shape that follow it
///                (bias, activation; an optimizer's whole update after a weight's gradient);
///   convolution  a large convolution with what follows it, likewise;
///   reduction    a large reduce with the elementwise ops before and after it;
///   window       a large reduce_window or select_and_scatter with what follows it, likewise;
///   scatter      a large scatter of whole rows with what follows it, likewise;
///   pointwise    elementwise ops of one large shape that are connected or read the same data;
///   serial       small ops of any kind (scalars, biases, a classifier's loss), one after the
///                other.
/// Ops that cost an index computation only are copied into each fusion that reads them. What stays
/// outside: dense constants, and a `reshape` of what is already in memory, which is another view of
/// it.
///
///     %3 = dot_general %0, %1 {...} : tensor<32x128xf32>
///     %4 = broadcast_in_dim %2 {broadcast_dimensions = [1]} : tensor<32x128xf32>
///     %5 = add %3, %4 : tensor<32x128xf32>
///     return %5
/// becomes
///     %3 = fusion %0, %1, %2 {kind = "contraction"} : tensor<32x128xf32>
///         region(%4: tensor<32x784xf32>, %5: tensor<784x128xf32>, %6: tensor<128xf32>) {
///       %7 = dot_general %4, %5 {...} : tensor<32x128xf32>
///       %8 = broadcast_in_dim %6 {broadcast_dimensions = [1]} : tensor<32x128xf32>
///       %9 = add %7, %8 : tensor<32x128xf32>
///       return %9
///     }
///     return %3
Status fuse(ir::Module& module);

}  // namespace kiln::passes
