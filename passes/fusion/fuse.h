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
///   pointwise    elementwise ops of one large shape that are connected or read the same data;
///   serial       small ops of any kind (scalars, biases, a classifier's loss), one after the
///   other.
/// Ops that cost an index computation only are copied into each fusion that reads them. What stays
/// outside: dense constants, and a `reshape` of what is already in memory, which is another view of
/// it.
Status fuse(ir::Module& module);

}  // namespace kiln::passes
