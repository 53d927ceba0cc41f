// Tasks: parts of a kernel's loops that may run on threads of their own. Which parts there are
// depends on sizes alone, never on the number of threads.
#pragma once

#include <Halide.h>

#include <cstdint>
#include <vector>

namespace kiln::codegen::cpu {

/// A loop of a Func and how often it runs.
struct Loop {
  Halide::Var var;
  int64_t extent;
};

/// How many tasks, at most `most`, a loop that runs `extent` times is cut into: even ones, unless
/// they are few.
int64_t count_tasks(int64_t extent, int64_t most);

/// Splits a Func's outermost loops, given outermost first, into at most `most` tasks of whole
/// iterations; the last may be smaller. Returns the loop over tasks, which is there even if it runs
/// once; within it runs the loop "rest". The Func must have at least one loop.
Halide::Var split_into_tasks(Halide::Func func, const std::vector<Loop>& loops, int64_t most);

}  // namespace kiln::codegen::cpu
