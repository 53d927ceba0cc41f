// The cores of this machine at work on a list.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace kiln::tests {

/// Calls task(i) for each i in [0, count), from as many threads as the machine has.
template <typename Task>
void for_each_in_parallel(size_t count, const Task& task) {
  std::atomic<size_t> next{0};
  std::vector<std::jthread> threads;
  for (unsigned t = 0; t < std::max(1u, std::thread::hardware_concurrency()); ++t) {
    threads.emplace_back([&] {
      for (size_t i; (i = next++) < count;) task(i);
    });
  }
}

}  // namespace kiln::tests
