// Loops over the blocks and threads of a launch.
#pragma once

#include <Halide.h>

#include <cstdint>
#include <optional>
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

/// These loops of a stage as one, the first of them innermost.
Halide::Var fuse(Halide::Stage stage, const std::vector<Halide::Var>& loops);

/// Where a stored Func is computed: as a launch of its own; by each block of another Func's launch,
/// for itself, in its shared memory; or by each of that launch's threads, which reads just the
/// element that it stores itself.
struct Home {
  std::optional<Halide::Func> launch = {};  ///< that other Func
  bool in_thread = false;
};

/// Spreads the loops, innermost first, over the threads of a Func's home: neighbours along the
/// innermost one run in neighbouring threads. Without loops, one thread does it all. Returns the
/// loop of a thread, at which other Funcs may be computed.
Halide::LoopLevel over_threads(const Halide::Func& func, Halide::Stage stage,
                               const std::vector<Loop>& loops, const Home& home,
                               const Target& target);

/// Spreads one more loop of a stage that is over threads, over blocks: one whose turns write values
/// of their own, which Halide cannot see.
void over_blocks(Halide::Stage stage, const Halide::RVar& loop);

/// A stored Func whose loops others are computed in.
struct Consumer {
  Halide::Func func;
  Halide::Func stage = {};  ///< of a kernel's output: what `func` copies (Output::stage)
  Home home = {};
};

/// Stores a consumer of this shape, defined once, and computes its stage thread by thread. Returns
/// the loop of a thread.
Halide::LoopLevel store(Consumer consumer, const ir::Shape& shape, const Target& target);

/// Computes a Func at its home; what runs in which thread is left to over_threads().
void settle(Halide::Func func, const Home& home);

}  // namespace kiln::codegen::gpu
