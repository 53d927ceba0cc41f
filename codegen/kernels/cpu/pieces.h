// Rows that are put together from pieces.
#pragma once

#include <Halide.h>

#include "codegen/target.h"
#include "ir/op.h"

namespace kiln::codegen::cpu {

/// Splits the innermost loop of a func whose rows have `extent` elements so that each part lies
/// within one operand of the region's concatenates, and unrolls the parts: which operand an element
/// comes from is then known when the kernel is compiled. Gives the loop within a part and its
/// extent; the loop itself and `extent` where no concatenate has such rows.
struct InnermostLoop {
  Halide::Var x;
  int64_t extent;
};
InnermostLoop unroll_pieces(Halide::Func func, int64_t extent, const ir::Region& region);

}  // namespace kiln::codegen::cpu
