// The schedule template of scatter kernels.
#pragma once

#include "codegen/kernels/schedule.h"

namespace kiln::codegen {

/// One scatter with its elementwise consumers, in strips of columns: each task adds all rows to its
/// strip, in order.
void schedule_scatter(Algorithm& algorithm, const ir::Region& region, const Target& target);

}  // namespace kiln::codegen
