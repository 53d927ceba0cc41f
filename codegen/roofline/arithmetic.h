// What kernels compute: the arithmetic of ops, by their definitions.
#pragma once

#include "ir/op.h"

namespace kiln::codegen {

/// Counts over all elements. They say what has to be done, not what code does: a kernel that
/// computes a value twice, or multiplies by the zeros of a padding, does no more useful work.
struct Arithmetic {
  /// Floating-point additions, multiplications and comparisons; a fused multiply-add is two, a
  /// function such as tanh is ten (ir::operation_count()). What only chooses, moves or recodes
  /// numbers is none, and neither is arithmetic of integers (random bits, indices).
  double flops = 0;
  double divisions = 0;
  double roots = 0;  ///< square roots; a reciprocal one is a root and a division

  Arithmetic& operator+=(const Arithmetic& other);
  friend Arithmetic operator*(double times, const Arithmetic& one);
};

/// Of an op that stands in a kernel. Products and convolutions count the pairs of elements that
/// meet, not those of an element with padding or with a gap of a dilated operand.
Arithmetic arithmetic_of(const ir::Op& op);

/// Of all ops of a region, as of a fusion's.
Arithmetic arithmetic_of(const ir::Region& region);

}  // namespace kiln::codegen
