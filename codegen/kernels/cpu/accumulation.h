// Loops of sums and other accumulations, for the templates that hold one.
#pragma once

#include "codegen/kernels/algorithm.h"
#include "codegen/target.h"

namespace kiln::codegen::cpu {

/// Vectors for a reduce's Func, which is computed at root: over the result's innermost dimension,
/// or over lanes of partial results, combined at the end.
void schedule_reduce(Halide::Func func, const ir::Op& reduce, const Target& target);

/// Lanes of partial results where a reduce's rows are best summed along themselves; 0 where vectors
/// go over results.
int64_t partial_lanes(const ir::Op& reduce, const Target& target);

/// Computes a Func at `level`, its update in this order of reduced loops, innermost first; over
/// `lanes` of partial results along the first of them, unless 0.
void accumulate(Halide::Func func, const std::vector<Halide::RVar>& loops, int64_t lanes,
                const Halide::LoopLevel& level);

/// Vectors for a dot_general without rows and columns: vectors over the result's innermost
/// dimension.
void schedule_sums(Halide::Func sums, const ir::Type& type, const Target& target);

/// How wide a step along a row of `extent` elements is: kVectorsPerStep vectors, or one, such that
/// it divides the row; else one vector, the last of which is masked. Shorter rows are one step.
int64_t row_step(int64_t extent, int64_t lanes);

/// How the last step of a row ends.
Halide::TailStrategy row_tail(int64_t extent, int64_t step);

/// Vectors of at most `lanes` elements along a loop of `extent`, unless it is too short.
void vectorize_innermost(Halide::Stage stage, const Halide::Var& x, int64_t extent, int64_t lanes);

}  // namespace kiln::codegen::cpu
