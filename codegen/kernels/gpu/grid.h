// Loops over the blocks and threads of a launch.
#pragma once

#include <Halide.h>

#include <cstdint>
#include <vector>

#include "codegen/target.h"
#include "ir/type.h"

namespace kiln::codegen::gpu {

/// A loop and how often it runs.
struct Loop {
  Halide::Var var;
  int64_t extent;
};

/// A Func's pure loops, innermost first; its values have this shape.
std::vector<Loop> loops_of(const Halide::Func& func, const ir::Shape& shape);

/// Spreads the loops, innermost first, over a grid: neighbours along the innermost one run in
/// neighbouring threads. Returns the loop of a thread, at which other Funcs may be computed.
/// Without loops, all is done by a single thread, and there is no loop to compute at: the result is
/// undefined.
Halide::LoopLevel over_grid(const Halide::Func& func, Halide::Stage stage, std::vector<Loop> loops,
                            const Target& target);

/// A stored Func whose loops others are computed in.
struct Consumer {
  Halide::Func func;
  Halide::Func stage;  ///< of a kernel's output: what `func` copies (Output::stage); or undefined
};

/// Spreads a consumer of this shape over a grid, and its stage with it; returns the loop of a
/// thread as over_grid() does.
Halide::LoopLevel store(Consumer consumer, const ir::Shape& shape, const Target& target);

/// Stores a Func of this shape, defined once, in memory.
Halide::LoopLevel store(Halide::Func func, const ir::Shape& shape, const Target& target);

}  // namespace kiln::codegen::gpu
