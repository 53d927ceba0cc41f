// Measuring what several threads do at once.
#pragma once

#include <functional>

namespace kiln::codegen {

/// Seconds from when the first of `threads` threads begins with work(0), work(1), ... until the
/// last is done. None begins before all are there.
double seconds_on_threads(int threads, const std::function<void(int thread)>& work);

/// The least of several such: what else runs here disturbs some, not all.
double least_seconds_on_threads(int threads, int repeats,
                                const std::function<void(int thread)>& work);

}  // namespace kiln::codegen
