// What a reduce knows besides its operand.
#pragma once

#include <string>

#include "ir/op.h"

namespace kiln::ir {

/// The attributes of a `reduce`.
struct Reduce {
  Integers dimensions;  ///< that are reduced, in any order
  std::string reducer;  ///< add, multiply, maximum, minimum; and, or for i1

  /// Of an op of that name.
  static Reduce of(const Op& op);
  /// Whether this dimension of the operand is reduced.
  bool reduces(int64_t dimension) const;
  /// The dimensions of an operand of this rank that stay, in order.
  Integers kept(int64_t rank) const;
};

}  // namespace kiln::ir
