// Small ops of any kind into few serial kernels.
#pragma once

#include "passes/fusion/fusion_groups.h"
#include "passes/fusion/outline.h"

namespace kiln::passes {

/// Gives every group without a kind, each of which has one op, the kind "serial", and merges them
/// in program order: each with the last host before it that has room and that dependences allow; a
/// host is a group that others have joined, or could not join. Each host is one kernel. Where there are many ops, a host also ends where
/// ops like its own begin again, the same work of the next layer: layers that are alike get kernels
/// that are alike.
void merge_serial(FusionGroups& groups, FusionKinds& kinds);

}  // namespace kiln::passes
