// dot_general and convolution.
#pragma once

#include "codegen/kernels/algorithm.h"
#include "codegen/kernels/gpu/grid.h"
#include "ir/op.h"

namespace kiln::codegen::gpu {

/// Computes a product, with rows and columns, for `consumer`, a Func of the result's shape that is
/// stored, in tiles: a thread keeps one in registers while the sums run, and a block keeps the
/// parts of a dot_general's operands that its threads share in local memory, where they fit.
/// Returns the loop of a thread.
Halide::LoopLevel multiply(Algorithm& algorithm, const ir::Op& product, Halide::Func consumer,
                           const Target& target);

}  // namespace kiln::codegen::gpu
