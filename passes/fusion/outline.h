// Groups of ops become fusion ops.
#pragma once

#include <map>
#include <string>

#include "passes/fusion/fusion_groups.h"

namespace kiln::passes {

/// A scan is a group of its own and stays what it is.
inline constexpr const char* kScan = "scan";

/// The `kind` of each group's fusion, or kScan.
using FusionKinds = std::map<FusionGroups::Group, std::string>;

/// Replaces the region's ops by one `fusion` per group, in an order that defines before it uses.
/// Free ops are copied into the fusions that read them, except a reshape of a value from outside,
/// which stays in the region as a view, and dense constants, which stay where they are.
void outline(ir::Region& region, const FusionGroups& groups, const FusionKinds& kinds);

}  // namespace kiln::passes
