// Large elementwise ops that read the same into one kernel.
#pragma once

#include "passes/fusion/fusion_groups.h"
#include "passes/fusion/outline.h"

namespace kiln::passes {

/// Merges the groups of the kind pointwise, each of which has one op, in program order: each with
/// the first kernel before it that has its shape, is its neighbour, and that dependences allow. A
/// kernel is a group that others have joined, or that could join none. Neighbours read one another,
/// or read the same large tensor (kLargeTensor).
void merge_pointwise(FusionGroups& groups, FusionKinds& kinds);

}  // namespace kiln::passes
