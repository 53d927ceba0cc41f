// Sums and other accumulations.
#pragma once

#include "codegen/kernels/algorithm.h"
#include "codegen/kernels/gpu/grid.h"
#include "ir/op.h"

namespace kiln::codegen::gpu {

/// What a template needs to know about a Func that starts from a value and combines others with it.
struct Accumulation {
  Halide::Func func;
  ir::Shape shape;           ///< of its values
  int64_t depth = 1;         ///< how many values each combines
  bool can_be_split = true;  ///< into parts that are combined in the end
  bool along_memory = true;  ///< neighbours in the innermost loop are neighbours in memory
};

/// The sums of a reduce, or of a dot_general without rows and columns.
Accumulation accumulation_of(const Algorithm& algorithm, const ir::Op& op);

/// Whether the op's values are accumulated thread by thread.
bool is_accumulated(const ir::Op& op);

/// How many parts of a value are accumulated by threads of their own: more than one where there are
/// few values of many elements. A matter of sizes alone.
int64_t parts_of(const Accumulation& accumulation);

/// Computes the accumulation, in that many parts, for a consumer of the same shape, both at the
/// consumer's home.
void accumulate(const Accumulation& accumulation, const Consumer& consumer, const Target& target);

}  // namespace kiln::codegen::gpu
