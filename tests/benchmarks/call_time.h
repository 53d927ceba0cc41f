// How long a compiled function takes.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "tests/benchmarks/buffers.h"

namespace kiln::benchmarks {

/// Of one call, by the median of 40 groups of 50 calls in a row.
inline double median_microseconds(runtime::Session& session, const kiln_function& function) {
  using Clock = std::chrono::steady_clock;
  Buffers buffers(function);
  std::vector<double> times;
  for (int group = 0; group < 40; ++group) {
    const auto start = Clock::now();
    for (int i = 0; i < 50; ++i)
      must(session.run(function, buffers.inputs.data(), buffers.outputs.data()));
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count() / 50);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

}  // namespace kiln::benchmarks
