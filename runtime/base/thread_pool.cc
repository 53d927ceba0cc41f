#include "runtime/base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <ctime>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "runtime/base/flush_denormals.h"

namespace kiln::runtime {
namespace {

// The set bit of pending_ that asks whoever finishes the loop to wake the caller.
constexpr uint32_t kCallerSleeps = uint32_t{1} << 31;

// How long a thread without work stays awake: as long as the serial part between two loops may
// last. It spins first, then also lets others have its CPU.
constexpr int64_t kSpinNanoseconds = 40'000;
constexpr int64_t kAwakeNanoseconds = 120'000;
// The caller waits only for iterations that are running, so it waits a little longer before it
// sleeps.
constexpr int64_t kCallerAwakeNanoseconds = 1'000'000;
// A yield that takes this long gave the CPU to somebody who needs it more than a waiting thread.
constexpr int64_t kContendedNanoseconds = 20'000;

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

int64_t now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * int64_t{1'000'000'000} + time.tv_nsec;
}

#if defined(__linux__)
void sleep_while(std::atomic<uint32_t>& word, uint32_t value) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAIT_PRIVATE, value, nullptr,
          nullptr, 0);
}
void wake_all(std::atomic<uint32_t>& word) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAKE_PRIVATE, INT32_MAX, nullptr,
          nullptr, 0);
}
#else
void sleep_while(std::atomic<uint32_t>& word, uint32_t value) { word.wait(value); }
void wake_all(std::atomic<uint32_t>& word) { word.notify_all(); }
#endif

/// Polls `ready` for about `awake` nanoseconds and returns its last answer. Gives up early when the
/// CPU turns out to be wanted by others.
template <typename Ready>
bool spin(Ready ready, int64_t awake) {
  // The common case is work within a microsecond: no clock until then.
  for (int i = 0; i < 64; ++i) {
    if (ready()) return true;
    pause();
  }
  const int64_t start = now();
  for (int64_t time = start; time - start < awake;) {
    for (int i = 0; i < 32; ++i) {
      if (ready()) return true;
      pause();
    }
    const int64_t before = now();
    time = before;
    if (before - start < kSpinNanoseconds) continue;
    sched_yield();
    time = now();
    if (time - before > kContendedNanoseconds) break;
  }
  return ready();
}

uint64_t make_range(uint32_t next, uint32_t end) { return uint64_t{end} << 32 | next; }
uint32_t next_of(uint64_t range) { return static_cast<uint32_t>(range); }
uint32_t end_of(uint64_t range) { return static_cast<uint32_t>(range >> 32); }

int available_cpus() {
#if defined(__linux__)
  cpu_set_t cpus;
  if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0) return CPU_COUNT(&cpus);
#endif
  return 1;
}

int run_serially(ThreadPool::Task task, void* closure, int begin, int count) {
  for (int i = 0; i < count; ++i) {
    if (int error = task(closure, begin + i)) return error;
  }
  return 0;
}

}  // namespace

ThreadPool::ThreadPool(int threads) {
  const int wanted = std::clamp(threads == 0 ? available_cpus() : threads, 1, 1024);
  slots_ = std::make_unique<Slot[]>(wanted);
  // Workers read thread_count_ only after the first loop was published.
  for (; thread_count_ < wanted; ++thread_count_) {
    Slot& slot = slots_[thread_count_];
    slot.pool = this;
    slot.thread = thread_count_;
    if (pthread_create(&slot.handle, nullptr, worker_main, &slot) != 0) break;
  }
}

ThreadPool::~ThreadPool() {
  stop_.store(true);
  wake_count_.fetch_add(1);
  wake_all(wake_count_);
  for (int thread = 1; thread < thread_count_; ++thread)
    pthread_join(slots_[thread].handle, nullptr);
}

int ThreadPool::parallel_for(Task task, void* closure, int begin, int count) {
  if (count <= 1 || thread_count_ == 1 || busy_.load(std::memory_order_relaxed) ||
      busy_.exchange(true, std::memory_order_acquire)) {
    return run_serially(task, closure, begin, count);
  }
  error_.store(0, std::memory_order_relaxed);
  publish(task, closure, begin, count);
  finish(run_share(0));
  wait_until_finished();
  const int error = error_.load(std::memory_order_relaxed);
  busy_.store(false, std::memory_order_release);
  return error;
}

// Hands every thread its part. Parts become visible one by one, so pending_ is set before the
// first.
void ThreadPool::publish(Task task, void* closure, int begin, int count) {
  pending_.store(static_cast<uint32_t>(count), std::memory_order_relaxed);
  const int64_t parts = std::min(count, thread_count_);
  for (int64_t part = parts - 1; part >= 0; --part) {
    Slot& slot = slots_[part];
    slot.task = task;
    slot.closure = closure;
    slot.begin = begin;
    slot.range.store(make_range(static_cast<uint32_t>(count * part / parts),
                                static_cast<uint32_t>(count * (part + 1) / parts)),
                     std::memory_order_release);
  }
  // Pairs with the fence in work_until_stopped: either we see the sleeper or it sees its part.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (sleepers_.load(std::memory_order_relaxed) != 0) {
    wake_count_.fetch_add(1);
    wake_all(wake_count_);
  }
}

// Runs the thread's own part, then what the others have not begun; returns how many indices it ran.
uint32_t ThreadPool::run_share(int thread) {
  uint32_t done = drain(slots_[thread], true);
  for (int i = 1; i < thread_count_; ++i) {
    done += drain(slots_[(thread + i) % thread_count_], false);
  }
  return done;
}

uint32_t ThreadPool::drain(Slot& slot, bool from_front) {
  uint32_t done = 0;
  uint64_t range = slot.range.load(std::memory_order_acquire);
  while (next_of(range) < end_of(range)) {
    const uint32_t index = from_front ? next_of(range) : end_of(range) - 1;
    const uint64_t rest =
        from_front ? make_range(index + 1, end_of(range)) : make_range(next_of(range), index);
    if (!slot.range.compare_exchange_weak(range, rest, std::memory_order_acq_rel,
                                          std::memory_order_acquire)) {
      continue;
    }
    if (int error = slot.task(slot.closure, slot.begin + static_cast<int>(index))) {
      error_.store(error, std::memory_order_relaxed);
    }
    ++done;
    range = slot.range.load(std::memory_order_acquire);
  }
  return done;
}

void ThreadPool::finish(uint32_t done) {
  if (done == 0) return;
  const uint32_t before = pending_.fetch_sub(done, std::memory_order_acq_rel);
  if (before - done == kCallerSleeps) wake_all(pending_);
}

void ThreadPool::wait_until_finished() {
  auto finished = [this] { return pending_.load(std::memory_order_acquire) == 0; };
  if (spin(finished, kCallerAwakeNanoseconds)) return;
  uint32_t pending = pending_.fetch_or(kCallerSleeps, std::memory_order_acq_rel) | kCallerSleeps;
  while (pending != kCallerSleeps) {
    sleep_while(pending_, pending);
    pending = pending_.load(std::memory_order_acquire);
  }
  pending_.store(0, std::memory_order_relaxed);
}

void* ThreadPool::worker_main(void* slot_pointer) {
  Slot* slot = static_cast<Slot*>(slot_pointer);
  slot->pool->work_until_stopped(slot->thread);
  return nullptr;
}

void ThreadPool::work_until_stopped(int thread) {
  const FlushDenormals flush;
  while (wait_for_work(slots_[thread])) finish(run_share(thread));
}

// Returns false when the pool is being destroyed.
bool ThreadPool::wait_for_work(const Slot& slot) {
  auto ready = [&] {
    const uint64_t range = slot.range.load(std::memory_order_relaxed);
    return next_of(range) < end_of(range) || stop_.load(std::memory_order_relaxed);
  };
  while (!spin(ready, kAwakeNanoseconds)) {
    const uint32_t wake_count = wake_count_.load(std::memory_order_relaxed);
    sleepers_.fetch_add(1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (!ready()) sleep_while(wake_count_, wake_count);
    sleepers_.fetch_sub(1, std::memory_order_relaxed);
  }
  return !stop_.load(std::memory_order_relaxed);
}

}  // namespace kiln::runtime
