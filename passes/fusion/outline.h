// Groups of ops become fusion ops.
#pragma once

#include <optional>
#include <vector>

#include "ir/ops/fusion.h"
#include "passes/fusion/fusion_groups.h"

namespace kiln::passes {

/// The kind of each group's fusion, by the group's number; nothing where there is none, as of a
/// scan, which is a group of its own.
using FusionKinds = std::vector<std::optional<ir::FusionKind>>;

/// Replaces the region's ops by one `fusion` per group, in an order that defines before it uses; a
/// scan stays what it is.
/// Free ops are copied into the fusions that read them, except a reshape of a value from outside,
/// which stays in the region as a view, and dense constants, which stay where they are.
void outline(ir::Region& region, const FusionGroups& groups, const FusionKinds& kinds);

}  // namespace kiln::passes
