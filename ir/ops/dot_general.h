// What a dot_general knows besides its operands.
#pragma once

#include "ir/op.h"

namespace kiln::ir {

/// The dimension numbers of a `dot_general`: which dimensions of its operands pair as a batch, and
/// which are summed over. The result has the batching dimensions, then the left operand's other
/// ones, then the right's.
struct DotGeneral {
  Integers lhs_batching, rhs_batching, lhs_contracting, rhs_contracting;

  /// Of an op of that name.
  static DotGeneral of(const Op& op);
  Attributes attributes() const;
};

/// The dimensions of an operand of this rank that are neither batching nor contracting, in order.
Integers free_dimensions(int64_t rank, const Integers& batching, const Integers& contracting);

/// Whether a dot_general is a product of matrices, or of stacks of them, for templates that keep
/// tiles of the result in registers while sums run: there are sums, and a result of rank 2 or more
/// whose last dimension is the right operand's.
bool has_rows_and_columns(const Op& dot);

}  // namespace kiln::ir
