// Loops of sums and other accumulations, for the templates that hold one.
#pragma once

#include "codegen/kernels/algorithm.h"
#include "codegen/target.h"

namespace kiln::codegen {

/// Vectors for a reduce's Func, which is computed at root: over the result's innermost dimension
/// where the operand's innermost one is kept; else over lanes of partial results, combined at the
/// end.
void schedule_reduce(Halide::Func func, const ir::Op& reduce, const Target& target);

/// The same for a dot_general without rows and columns: vectors over the result's innermost
/// dimension.
void schedule_sums(Halide::Func sums, const ir::Type& type, const Target& target);

/// Vectors of at most `lanes` elements along a loop of `extent`, unless it is too short.
void vectorize_innermost(Halide::Stage stage, const Halide::Var& x, int64_t extent, int64_t lanes);

}  // namespace kiln::codegen
