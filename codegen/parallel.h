// The CPUs of this process at work on a list.
#pragma once

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace kiln::codegen {

/// CPUs that this process may run on.
inline int available_cpus() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

/// Runs task(i) for i in [0, count) on up to `jobs` threads (0: one for each available CPU), this
/// one among them.
template <typename Task>
void for_each_in_parallel(size_t count, int jobs, const Task& task) {
  std::atomic<size_t> next{0};
  auto work = [&] {
    for (size_t i; (i = next++) < count;) task(i);
  };
  std::vector<std::thread> threads;
  const size_t wanted =
      std::min(count, static_cast<size_t>(std::max(jobs > 0 ? jobs : available_cpus(), 1)));
  for (size_t t = 1; t < wanted; ++t) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace kiln::codegen
