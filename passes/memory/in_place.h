// When a kernel may write over what it reads.
#pragma once

#include <unordered_map>
#include <vector>

#include "ir/op.h"

namespace kiln::passes {

/// Answers for fusions that keep their operands and their ops: what it has to find out of a fusion
/// is found once.
class InPlaceWrites {
 public:
  /// Whether the fusion may write result `result` into the buffer of operand `operand`: both have
  /// one type, no other operand is a view of the same buffer, and the operand is read by elementwise
  /// ops alone, as is all that they compute. Then only results of its shape depend on it, and those
  /// are written by one loop nest, which computes all results of an element before it stores the
  /// first.
  bool allowed(const ir::Op& fusion, size_t operand, size_t result);

 private:
  std::unordered_map<const ir::Op*, std::vector<bool>> overwritable_;  ///< operands, by fusion
};

}  // namespace kiln::passes
