#include "codegen/roofline/threads.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace kiln::codegen {

double seconds_on_threads(int threads, const std::function<void(int thread)>& work) {
  using Clock = std::chrono::steady_clock;
  struct Span {
    Clock::time_point begin, end;
  };
  std::vector<Span> spans(static_cast<size_t>(threads));
  std::atomic<int> there = 0;
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&, t] {
      ++there;
      // Awake: to wake up takes as long as some work.
      while (there < threads) std::this_thread::yield();
      Span& span = spans[static_cast<size_t>(t)];
      span.begin = Clock::now();
      work(t);
      span.end = Clock::now();
    });
  }
  for (std::thread& worker : workers) worker.join();
  Span whole = spans[0];
  for (const Span& span : spans)
    whole = {std::min(whole.begin, span.begin), std::max(whole.end, span.end)};
  return std::chrono::duration<double>(whole.end - whole.begin).count();
}

double least_seconds_on_threads(int threads, int repeats,
                                const std::function<void(int thread)>& work) {
  double least = seconds_on_threads(threads, work);
  for (int repeat = 1; repeat < repeats; ++repeat)
    least = std::min(least, seconds_on_threads(threads, work));
  return least;
}

}  // namespace kiln::codegen
