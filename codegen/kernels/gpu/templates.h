// Schedule templates for GPUs: how a kernel's Funcs become launches of blocks of threads. Every
// Func that is stored in memory is a launch of its own; all others live in a thread's registers or
// in a block's shared memory.
#pragma once

#include "codegen/kernels/algorithm.h"
#include "codegen/target.h"

namespace kiln::codegen::gpu {

// One template for each kind of op that is more than a formula of its operands' elements, whatever
// fusion it stands in.

/// A root or none, with elementwise ops of one shape around it.
void schedule_one_shape(Algorithm& algorithm, const ir::Region& region, const Target& target);

/// Small ops of any shapes, in few launches (launch_plan.h).
void schedule_serial(Algorithm& algorithm, const ir::Region& region, const Target& target);

}  // namespace kiln::codegen::gpu
