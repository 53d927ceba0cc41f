// The threads that run the parallel loops of kernels. A training step may last 50 µs and contain
// ten loops, so a loop must cost well below a microsecond: its workers spin for a while before they
// sleep, and no lock is taken.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace kiln::runtime {

/// A fixed team of threads for loops whose iterations are independent. The address of a ThreadPool
/// is the `pool` of kiln_run and the `user_context` of Halide's kernels.
class ThreadPool {
 public:
  /// One iteration; returns 0, or an error code.
  using Task = int (*)(void* closure, int index);

  /// `threads` counts the caller; 0 means one for each CPU that this process may run on. Where the
  /// system refuses threads, the pool has fewer.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Threads that work on a loop, the caller among them.
  int threads() const { return thread_count_; }

  /// Calls task(closure, i) once for every i in [begin, begin + count) and returns when all are
  /// done, with 0 or the code of an iteration that failed. The caller works too. Thread t starts on
  /// the t-th part of the range, the same one every time, so its caches stay warm; who is done
  /// early takes from the others. A call from inside a task, or while another thread's loop runs,
  /// is a plain serial loop.
  int parallel_for(Task task, void* closure, int begin, int count);

 private:
  // What one thread has still to do, alone on its cache line. Only `range` decides who runs an
  // index: its low half is the next index and its high half the end, relative to the loop's begin.
  // The owner takes from the front, thieves from the back. A successful exchange that takes an
  // index is always a claim on the loop that runs *now*, even when the expected value was read in
  // an earlier loop: loops do not end, and `task` and `closure` are not overwritten, while a taken
  // index is unfinished.
  struct alignas(64) Slot {
    std::atomic<uint64_t> range{0};
    Task task = nullptr;
    void* closure = nullptr;
    int begin = 0;
    ThreadPool* pool = nullptr;
    int thread = 0;
    pthread_t handle{};
  };

  static void* worker_main(void* slot);
  void work_until_stopped(int thread);
  bool wait_for_work(const Slot& slot);
  uint32_t run_share(int thread);
  uint32_t drain(Slot& slot, bool from_front);
  void publish(Task task, void* closure, int begin, int count);
  void finish(uint32_t done);
  void wait_until_finished();

  int thread_count_ = 1;
  std::unique_ptr<Slot[]> slots_;  // [0] is the caller's

  alignas(64) std::atomic<uint32_t> pending_{0};  // unfinished indices | kCallerSleeps
  std::atomic<int> error_{0};

  alignas(64) std::atomic<uint32_t> wake_count_{0};  // what sleeping workers wait on
  std::atomic<uint32_t> sleepers_{0};
  std::atomic<bool> stop_{false};

  alignas(64) std::atomic<bool> busy_{false};  // a loop runs
};

}  // namespace kiln::runtime
