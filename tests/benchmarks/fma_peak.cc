#include "tests/benchmarks/fma_peak.h"

#include <immintrin.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

namespace kiln::benchmarks {
namespace {

constexpr int kAccumulators = 12;
constexpr long kIterations = 2'000'000;

// The empty assembly keeps each sum in its register and the loop as it is.
__attribute__((target("avx512f"))) void run_avx512(float* result) {
  __m512 sums[kAccumulators];
  for (__m512& sum : sums) sum = _mm512_set1_ps(1.0F);
  const __m512 factor = _mm512_set1_ps(0.999F), term = _mm512_set1_ps(1e-3F);
  for (long i = 0; i < kIterations; ++i) {
#pragma GCC unroll 12
    for (int j = 0; j < kAccumulators; ++j) {
      sums[j] = _mm512_fmadd_ps(sums[j], factor, term);
      asm volatile("" : "+v"(sums[j]));
    }
  }
  for (const __m512& sum : sums) *result += _mm512_cvtss_f32(sum);
}

__attribute__((target("avx2,fma"))) void run_avx2(float* result) {
  __m256 sums[kAccumulators];
  for (__m256& sum : sums) sum = _mm256_set1_ps(1.0F);
  const __m256 factor = _mm256_set1_ps(0.999F), term = _mm256_set1_ps(1e-3F);
  for (long i = 0; i < kIterations; ++i) {
#pragma GCC unroll 12
    for (int j = 0; j < kAccumulators; ++j) {
      sums[j] = _mm256_fmadd_ps(sums[j], factor, term);
      asm volatile("" : "+x"(sums[j]));
    }
  }
  for (const __m256& sum : sums) *result += _mm256_cvtss_f32(sum);
}

}  // namespace

double fma_peak(int threads) {
  const bool wide = __builtin_cpu_supports("avx512f");
  double best = 0;
  for (int repeat = 0; repeat < 5; ++repeat) {
    std::vector<float> results(static_cast<size_t>(threads) * 16);
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t)
      workers.emplace_back(wide ? run_avx512 : run_avx2, &results[static_cast<size_t>(t) * 16]);
    for (std::thread& worker : workers) worker.join();
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    best = std::max(best, 2.0 * (wide ? 16 : 8) * kAccumulators * kIterations * threads / seconds);
  }
  return best;
}

}  // namespace kiln::benchmarks
