// Groups of ops become fusion ops.
#pragma once

#include <string_view>
#include <vector>

#include "passes/fusion/fusion_groups.h"

namespace kiln::passes {

/// A scan is a group of its own and stays what it is.
inline constexpr std::string_view kScan = "scan";

/// The `kind` of each group's fusion, or kScan, by the group's number; empty where there is none.
using FusionKinds = std::vector<std::string_view>;

/// Replaces the region's ops by one `fusion` per group, in an order that defines before it uses.
/// Free ops are copied into the fusions that read them, except a reshape of a value from outside,
/// which stays in the region as a view, and dense constants, which stay where they are.
void outline(ir::Region& region, const FusionGroups& groups, const FusionKinds& kinds);

}  // namespace kiln::passes
