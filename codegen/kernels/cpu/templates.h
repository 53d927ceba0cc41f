// Schedule templates for CPUs: how a kernel's Funcs become vectors, register tiles and tasks for
// threads.
#pragma once

#include "codegen/kernels/algorithm.h"
#include "codegen/target.h"

namespace kiln::codegen::cpu {

/// All of one elementwise shape: vectors, and tasks where there is enough work.
void schedule_pointwise(Algorithm& algorithm, const ir::Region& region, const Target& target);

/// One dot_general in register tiles with its elementwise consumers as the epilogue of each tile.
void schedule_contraction(Algorithm& algorithm, const ir::Region& region, const Target& target);

/// One convolution in register tiles with its elementwise consumers as the epilogue of each tile.
void schedule_convolution(Algorithm& algorithm, const ir::Region& region, const Target& target);
/// One among others in a kernel that runs on one thread.
void schedule_small_convolution(Algorithm& algorithm, const ir::Op& convolution,
                                const Target& target);

/// One reduce_window or select_and_scatter with its elementwise consumers.
void schedule_window(Algorithm& algorithm, const ir::Region& region, const Target& target);
/// One among others in a kernel that runs on one thread.
void schedule_small_window(Algorithm& algorithm, const ir::Op& window, const Target& target);

/// One reduce with its elementwise producers inlined, its consumers as epilogue.
void schedule_reduction(Algorithm& algorithm, const ir::Region& region, const Target& target);

/// One scatter with its elementwise consumers, in strips of columns: each task adds all rows to its
/// strip, in order.
void schedule_scatter(Algorithm& algorithm, const ir::Region& region, const Target& target);

/// Small ops of any shapes one after the other on one thread.
void schedule_serial(Algorithm& algorithm, const ir::Region& region, const Target& target);

}  // namespace kiln::codegen::cpu
