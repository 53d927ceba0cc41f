// From what a kernel computes to how: loops, chosen by the templates of its device.
#pragma once

#include "codegen/kernels/algorithm.h"
#include "codegen/target.h"
#include "ir/ops/fusion.h"

namespace kiln::codegen {

/// The tiles that the template for a fusion of that kind cuts products into: none where a GPU's
/// templates tile threads and blocks instead.
ProductTiles choose_tiles(const ir::Region& region, ir::FusionKind kind, const Target& target);

/// Fixes the sizes of the outputs and applies the schedule template for a fusion of that kind.
void schedule(Algorithm& algorithm, const ir::Region& region, ir::FusionKind kind,
              const Target& target);

/// Largest divisor of `count` that is at most `limit`.
int64_t divisor_at_most(int64_t count, int64_t limit);

/// How a loop of `extent` that is split into steps ends: as `ragged` says, where they do not divide
/// it.
Halide::TailStrategy tail_of(int64_t extent, int64_t step,
                             Halide::TailStrategy ragged = Halide::TailStrategy::GuardWithIf);

}  // namespace kiln::codegen
