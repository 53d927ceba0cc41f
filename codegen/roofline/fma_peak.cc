#include "codegen/roofline/fma_peak.h"

#include "codegen/roofline/threads.h"
#include "codegen/roofline/vectors.h"

namespace kiln::codegen {
namespace {

constexpr int kAccumulators = 12;
constexpr long kIterations = 500'000;

#define KILN_DECLARE(I) Vector sum##I = one;
#define KILN_STEP(I)               \
  sum##I = sum##I * factor + term; \
  asm volatile("" : "+v"(sum##I));
#define KILN_ADD(I) total += sum##I;

/// A loop over vectors of so many bytes; the compiler contracts x * y + z.
#define KILN_FMA_LOOP(NAME, TARGET, BYTES)                                         \
  __attribute__((target(TARGET))) float NAME() {                                   \
    using Vector = float __attribute__((vector_size(BYTES)));                      \
    const Vector one = Vector{} + 1.0F, factor = one * 0.999F, term = one * 1e-3F; \
    Vector total = {};                                                             \
    KILN_EACH_OF_TWELVE(KILN_DECLARE)                                              \
    for (long i = 0; i < kIterations; ++i) {                                       \
      KILN_EACH_OF_TWELVE(KILN_STEP)                                               \
    }                                                                              \
    KILN_EACH_OF_TWELVE(KILN_ADD)                                                  \
    return total[0];                                                               \
  }

KILN_FMA_LOOP(run_sse2, "sse2", 16)
KILN_FMA_LOOP(run_avx2, "avx2,fma", 32)
KILN_FMA_LOOP(run_avx512, "avx512f", 64)

#undef KILN_FMA_LOOP
#undef KILN_ADD
#undef KILN_STEP
#undef KILN_DECLARE

float run(Vectors vectors) {
  return vectors == Vectors::avx512 ? run_avx512()
         : vectors == Vectors::avx2 ? run_avx2()
                                    : run_sse2();
}

}  // namespace

double fma_peak(int threads) {
  constexpr int kRepeats = 25;  // short ones
  const Vectors vectors = widest_vectors();
  const double flops = 2.0 * lanes_of(vectors) * kAccumulators * kIterations * threads;
  return flops / least_seconds_on_threads(threads, kRepeats, [&](int) {
           volatile float kept = run(vectors);
           static_cast<void>(kept);
         });
}

}  // namespace kiln::codegen
