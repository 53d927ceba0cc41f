// How long each kernel of a step takes alone.
#pragma once

#include <vector>

#include "codegen/roofline/kernel_work.h"
#include "runtime/base/expected.h"

namespace kiln::benchmarks {

/// Microseconds that all calls of each kernel take in a run of its step, by the median of calls in a
/// row; 0 for copies. Every fusion becomes a function of its own, with buffers of its own, which
/// caches hold as far as they can: what a step takes beside the sum of these is calls, hand-over
/// between threads, and what the kernels do to each other's caches.
Expected<std::vector<double>> time_alone(const std::vector<codegen::KernelWork>& kernels,
                                         int threads);

}  // namespace kiln::benchmarks
