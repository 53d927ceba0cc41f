// When a kernel may write over what it reads.
#pragma once

#include <vector>

#include "ir/op.h"

namespace kiln::passes {

/// Whether the fusion may write result `result` into the buffer of operand `operand`: both have one
/// type, and the operand is read by elementwise ops alone, as is all that they compute. Then only
/// results of its shape depend on it, and those are written by one loop nest, which computes all
/// results of an element before it stores the first.
bool can_write_over(const ir::Op& fusion, size_t operand, size_t result);

/// The same for a result of the operand's type, for each operand of the fusion.
std::vector<bool> overwritable_operands(const ir::Op& fusion);

}  // namespace kiln::passes
