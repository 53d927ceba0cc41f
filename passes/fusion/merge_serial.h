// Small ops of any kind into few serial kernels.
#pragma once

#include "passes/fusion/fusion_groups.h"
#include "passes/fusion/outline.h"

namespace kiln::passes {

/// Gives every group without a kind, each of which has one op, the kind serial (a scan stays as it
/// is), and merges them in program order: each with the last kernel before it that has room
/// (kSerialOps, kSerialWork in cost.h) and that dependences allow. A kernel is a group that others
/// have joined, or that could join none. Where there are many ops, a kernel also ends where ops
/// like its own begin again, the same work of the next layer: layers that are alike get kernels
/// that are alike.
void merge_serial(FusionGroups& groups, FusionKinds& kinds);

}  // namespace kiln::passes
