// Scans that carry, read and give no more than is needed.
#pragma once

#include "ir/op.h"

namespace kiln::passes {

/// In the region and those within it, rebuilds scans without: results that nothing reads, and the
/// carries, operands and ops that only they needed; carries that never change (they are
/// invariants); operands that stand twice, or are splat constants (those are made in the body);
/// outputs that stand twice, or only repeat a stacked operand. True if anything changed.
bool simplify_scans(ir::Region& region);

}  // namespace kiln::passes
