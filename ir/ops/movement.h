// What ops that move elements know besides their operands. Each struct has the attributes of the op
// of its name; lists have an entry per dimension of the operand unless they say otherwise.
#pragma once

#include "ir/op.h"

namespace kiln::ir {

struct BroadcastInDim {
  Integers broadcast_dimensions;  ///< the result's dimension of each of the operand's

  static BroadcastInDim of(const Op& op);
};

struct Transpose {
  Integers permutation;  ///< the operand's dimension of each of the result's

  static Transpose of(const Op& op);
};

struct Slice {
  Integers start_indices, limit_indices, strides;

  static Slice of(const Op& op);
};

struct Reverse {
  Integers dimensions;  ///< that are reversed, in any order

  static Reverse of(const Op& op);
};

struct Concatenate {
  int64_t dimension = 0;  ///< along which the operands are joined

  static Concatenate of(const Op& op);
};

struct Pad {
  Integers edge_padding_low, edge_padding_high;  ///< negative: cropped
  Integers interior_padding;

  static Pad of(const Op& op);
};

}  // namespace kiln::ir
