// Large elementwise ops that read the same into one kernel.
#pragma once

#include "passes/fusion/fusion_groups.h"
#include "passes/fusion/outline.h"

namespace kiln::passes {

/// Merges the groups of the kind "pointwise", each of which has one op, in program order: each with
/// the first host before it that has its shape, is its neighbour, and that dependences allow; a
/// host is a group that others have joined, or could not join. Neighbours read one another, or read
/// the same tensor of so many elements or more.
void merge_pointwise(FusionGroups& groups, FusionKinds& kinds, int64_t large_tensor);

}  // namespace kiln::passes
