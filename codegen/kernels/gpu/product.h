// dot_general and convolution.
#pragma once

#include "codegen/kernels/algorithm.h"
#include "codegen/kernels/gpu/grid.h"
#include "ir/op.h"

namespace kiln::codegen::gpu {

/// Computes a product, with rows and columns, for a consumer of the result's shape in tiles: a
/// thread keeps one in registers while the sums run, and a block keeps the part of a dot_general's
/// right operand that its threads share in shared memory, where it fits.
void multiply(Algorithm& algorithm, const ir::Op& product, const Consumer& consumer,
              const Target& target);

}  // namespace kiln::codegen::gpu
