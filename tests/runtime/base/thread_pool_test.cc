#include "runtime/base/thread_pool.h"

#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace kiln::runtime {
namespace {

// Counts how often each index ran.
struct Counts {
  explicit Counts(int count) : of(count) {}
  static int run(void* closure, int index) {
    static_cast<Counts*>(closure)->of[index].fetch_add(1, std::memory_order_relaxed);
    return 0;
  }
  std::vector<std::atomic<int>> of;
};

TEST(ThreadPool, RunsEveryIndexOnce) {
  for (int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (int count : {0, 1, 2, 3, 7, 64, 1000}) {
      Counts counts(count);
      EXPECT_EQ(pool.parallel_for(Counts::run, &counts, 0, count), 0);
      for (int i = 0; i < count; ++i) {
        EXPECT_EQ(counts.of[i].load(), 1)
            << "index " << i << " of " << count << ", threads " << threads;
      }
    }
  }
}

TEST(ThreadPool, StartsAtBegin) {
  ThreadPool pool(2);
  Counts counts(20);
  EXPECT_EQ(pool.parallel_for(Counts::run, &counts, 5, 10), 0);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(counts.of[i].load(), i >= 5 && i < 15 ? 1 : 0) << i;
}

TEST(ThreadPool, ZeroThreadsMeansTheCpusOfThisProcess) {
  ThreadPool pool(0);
  EXPECT_GE(pool.threads(), 1);
}

TEST(ThreadPool, ReturnsTheCodeOfAFailure) {
  ThreadPool pool(2);
  auto fail_at_seven = [](void*, int index) { return index == 7 ? -42 : 0; };
  EXPECT_EQ(pool.parallel_for(fail_at_seven, nullptr, 0, 16), -42);
  EXPECT_EQ(pool.parallel_for(fail_at_seven, nullptr, 8, 16), 0)
      << "an error must not outlive its loop";
}

// Closures die when parallel_for returns; each here is a fresh object on the stack that is
// overwritten at once. A worker that ran an index of a finished loop, or ran an index twice, would
// break a sum.
TEST(ThreadPool, ManyShortLoopsInARow) {
  for (int threads : {2, 4}) {
    ThreadPool pool(threads);
    struct Sum {
      uint64_t factor;
      std::atomic<uint64_t> total{0};
    };
    for (uint64_t loop = 1; loop <= 30'000; ++loop) {
      Sum sum{loop};
      const int count = 2 + static_cast<int>(loop % 9);
      pool.parallel_for(
          [](void* closure, int index) {
            Sum& sum = *static_cast<Sum*>(closure);
            sum.total.fetch_add(sum.factor * (index + 1), std::memory_order_relaxed);
            return 0;
          },
          &sum, 0, count);
      ASSERT_EQ(sum.total.load(), loop * count * (count + 1) / 2) << "loop " << loop;
      sum.factor = 0xdead;
    }
  }
}

TEST(ThreadPool, WakesWorkersThatSleep) {
  ThreadPool pool(3);
  for (int round = 0; round < 20; ++round) {
    // Longer than any worker stays awake.
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    Counts counts(8);
    pool.parallel_for(Counts::run, &counts, 0, 8);
    for (auto& count : counts.of) EXPECT_EQ(count.load(), 1);
  }
}

TEST(ThreadPool, WaitsForASlowIteration) {
  ThreadPool pool(2);
  std::atomic<int> done{0};
  pool.parallel_for(
      [](void* closure, int index) {
        if (index == 1) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        static_cast<std::atomic<int>*>(closure)->fetch_add(1);
        return 0;
      },
      &done, 0, 2);
  EXPECT_EQ(done.load(), 2);
}

TEST(ThreadPool, NestedLoopsRunSerially) {
  ThreadPool pool(3);
  struct Nested {
    ThreadPool* pool;
    std::atomic<int> total{0};
    std::atomic<int> strangers{0};
  } nested{&pool};
  struct Inner {
    Nested* nested;
    std::thread::id owner;
  };
  pool.parallel_for(
      [](void* closure, int) {
        Nested& nested = *static_cast<Nested*>(closure);
        Inner inner{&nested, std::this_thread::get_id()};
        return nested.pool->parallel_for(
            [](void* closure, int) {
              Inner& inner = *static_cast<Inner*>(closure);
              if (std::this_thread::get_id() != inner.owner) inner.nested->strangers++;
              inner.nested->total++;
              return 0;
            },
            &inner, 0, 10);
      },
      &nested, 0, 12);
  EXPECT_EQ(nested.total.load(), 120);
  EXPECT_EQ(nested.strangers.load(), 0);
}

TEST(ThreadPool, SeveralCallersAtOnce) {
  ThreadPool pool(2);
  auto call = [&pool] {
    for (int loop = 0; loop < 2000; ++loop) {
      Counts counts(5);
      pool.parallel_for(Counts::run, &counts, 0, 5);
      for (auto& count : counts.of) ASSERT_EQ(count.load(), 1);
    }
  };
  std::thread other(call);
  call();
  other.join();
}

TEST(ThreadPool, IdleThreadsTakeFromSlowOnes) {
  ThreadPool pool(2);
  struct Owners {
    std::thread::id caller = std::this_thread::get_id();
    std::atomic<int> by_caller{0};
  } owners;
  // Index 0 is the caller's first and slow; the worker must do nearly all the rest meanwhile.
  pool.parallel_for(
      [](void* closure, int index) {
        Owners& owners = *static_cast<Owners*>(closure);
        if (index == 0) std::this_thread::sleep_for(std::chrono::milliseconds(200));
        if (std::this_thread::get_id() == owners.caller) owners.by_caller++;
        return 0;
      },
      &owners, 0, 64);
  EXPECT_LE(owners.by_caller.load(), 32);
}

}  // namespace
}  // namespace kiln::runtime
