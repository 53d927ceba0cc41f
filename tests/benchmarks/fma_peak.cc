#include "tests/benchmarks/fma_peak.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

namespace kiln::benchmarks {
namespace {

constexpr int kAccumulators = 12;
constexpr long kIterations = 2'000'000;

typedef float Vector16 __attribute__((vector_size(64)));
typedef float Vector8 __attribute__((vector_size(32)));

template <typename Vector>
inline __attribute__((always_inline)) void multiply_add(float* result) {
  Vector sums[kAccumulators] = {};
  Vector factor = {}, term = {};
  factor += 0.999F;
  term += 1e-3F;
  for (long i = 0; i < kIterations; ++i) {
    for (auto& sum : sums) {
      sum = sum * factor + term;
      asm volatile("" : "+x"(sum));  // keeps the accumulators in registers and the loop as it is
    }
  }
  for (auto& sum : sums) *result += sum[0];
}

__attribute__((target("avx512f,fma"))) void run_avx512(float* result) { multiply_add<Vector16>(result); }
__attribute__((target("avx2,fma"))) void run_avx2(float* result) { multiply_add<Vector8>(result); }

}  // namespace

double fma_peak(int threads) {
  const bool wide = __builtin_cpu_supports("avx512f");
  double best = 0;
  for (int repeat = 0; repeat < 5; ++repeat) {
    std::vector<float> results(static_cast<size_t>(threads) * 16);
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t) workers.emplace_back(wide ? run_avx512 : run_avx2, &results[static_cast<size_t>(t) * 16]);
    for (std::thread& worker : workers) worker.join();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    best = std::max(best, 2.0 * (wide ? 16 : 8) * kAccumulators * kIterations * threads / seconds);
  }
  return best;
}

}  // namespace kiln::benchmarks
