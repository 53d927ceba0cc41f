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

// Twelve sums in variables of their own: an array would live in memory.
#define KILN_EACH_SUM(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)

__attribute__((target("avx512f"))) void run_avx512(float* result) {
  const __m512 factor = _mm512_set1_ps(0.999F), term = _mm512_set1_ps(1e-3F);
#define KILN_DECLARE(I) __m512 sum##I = _mm512_set1_ps(1.0F);
#define KILN_STEP(I)                              \
  sum##I = _mm512_fmadd_ps(sum##I, factor, term); \
  asm volatile("" : "+v"(sum##I));
#define KILN_ADD(I) *result += _mm512_cvtss_f32(sum##I);
  KILN_EACH_SUM(KILN_DECLARE)
  for (long i = 0; i < kIterations; ++i) {
    KILN_EACH_SUM(KILN_STEP)
  }
  KILN_EACH_SUM(KILN_ADD)
#undef KILN_DECLARE
#undef KILN_STEP
#undef KILN_ADD
}

__attribute__((target("avx2,fma"))) void run_avx2(float* result) {
  const __m256 factor = _mm256_set1_ps(0.999F), term = _mm256_set1_ps(1e-3F);
#define KILN_DECLARE(I) __m256 sum##I = _mm256_set1_ps(1.0F);
#define KILN_STEP(I)                              \
  sum##I = _mm256_fmadd_ps(sum##I, factor, term); \
  asm volatile("" : "+x"(sum##I));
#define KILN_ADD(I) *result += _mm256_cvtss_f32(sum##I);
  KILN_EACH_SUM(KILN_DECLARE)
  for (long i = 0; i < kIterations; ++i) {
    KILN_EACH_SUM(KILN_STEP)
  }
  KILN_EACH_SUM(KILN_ADD)
#undef KILN_DECLARE
#undef KILN_STEP
#undef KILN_ADD
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
