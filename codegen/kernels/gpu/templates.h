// Schedule templates for GPUs: how a kernel's Funcs become launches of blocks of threads. Every
// Func that is stored in memory is a launch of its own; all others live in a thread's registers or
// in a block's local memory.
#pragma once

#include "codegen/kernels/algorithm.h"
#include "codegen/target.h"

namespace kiln::codegen::gpu {

/// Schedules a kernel: one template for each kind of op that is more than a formula of its
/// operands' elements, whatever fusion it stands in. `kind` is the fuse pass's.
void schedule(Algorithm& algorithm, const ir::Region& region, const std::string& kind,
              const Target& target);

}  // namespace kiln::codegen::gpu
