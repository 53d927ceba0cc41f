#include "codegen/roofline/divider_rate.h"

#include <immintrin.h>

#include <algorithm>

#include "codegen/roofline/threads.h"
#include "codegen/roofline/vectors.h"

namespace kiln::codegen {
namespace {

constexpr int kChains = 12;
constexpr long kIterations = 50'000;

#define KILN_DECLARE(I) Vector x##I = Vector{} + (1.5F + (I)*0.01F);
#define KILN_DIVIDE(I)    \
  x##I = dividend / x##I; \
  asm volatile("" : "+v"(x##I));
#define KILN_ADD(I) total += x##I;

/// Numbers that swing between x and 1.7 / x, or that go to 1.
#define KILN_DIVIDER_LOOPS(SUFFIX, TARGET, BYTES, SQRT)       \
  __attribute__((target(TARGET))) float divide_##SUFFIX() {   \
    using Vector = float __attribute__((vector_size(BYTES))); \
    const Vector dividend = Vector{} + 1.7F;                  \
    Vector total = {};                                        \
    KILN_EACH_OF_TWELVE(KILN_DECLARE)                         \
    for (long i = 0; i < kIterations; ++i) {                  \
      KILN_EACH_OF_TWELVE(KILN_DIVIDE)                        \
    }                                                         \
    KILN_EACH_OF_TWELVE(KILN_ADD)                             \
    return total[0];                                          \
  }                                                           \
  __attribute__((target(TARGET))) float root_##SUFFIX() {     \
    using Vector = float __attribute__((vector_size(BYTES))); \
    Vector total = {};                                        \
    KILN_EACH_OF_TWELVE(KILN_DECLARE)                         \
    for (long i = 0; i < kIterations; ++i) {                  \
      KILN_EACH_OF_TWELVE(SQRT)                               \
    }                                                         \
    KILN_EACH_OF_TWELVE(KILN_ADD)                             \
    return total[0];                                          \
  }

#define KILN_SQRT_SSE2(I)   \
  x##I = _mm_sqrt_ps(x##I); \
  asm volatile("" : "+v"(x##I));
#define KILN_SQRT_AVX2(I)      \
  x##I = _mm256_sqrt_ps(x##I); \
  asm volatile("" : "+v"(x##I));
#define KILN_SQRT_AVX512(I)                  \
  x##I = _mm512_maskz_sqrt_ps(0xFFFF, x##I); \
  asm volatile("" : "+v"(x##I));

KILN_DIVIDER_LOOPS(sse2, "sse2", 16, KILN_SQRT_SSE2)
KILN_DIVIDER_LOOPS(avx2, "avx2,fma", 32, KILN_SQRT_AVX2)
KILN_DIVIDER_LOOPS(avx512, "avx512f", 64, KILN_SQRT_AVX512)

#undef KILN_SQRT_AVX512
#undef KILN_SQRT_AVX2
#undef KILN_SQRT_SSE2
#undef KILN_DIVIDER_LOOPS
#undef KILN_ADD
#undef KILN_DIVIDE
#undef KILN_DECLARE

using Loop = float (*)();

struct Loops {
  Loop divide, root;
};

Loops loops_of(Vectors vectors) {
  switch (vectors) {
    case Vectors::avx512:
      return {divide_avx512, root_avx512};
    case Vectors::avx2:
      return {divide_avx2, root_avx2};
    case Vectors::sse2:
      break;
  }
  return {divide_sse2, root_sse2};
}

/// The best of several runs, in numbers a second.
double rate(int threads, Vectors vectors, Loop loop) {
  constexpr int kRepeats = 15;
  const double numbers = 1.0 * lanes_of(vectors) * kChains * kIterations * threads;
  return numbers / least_seconds_on_threads(threads, kRepeats, [&](int) {
           volatile float kept = loop();
           static_cast<void>(kept);
         });
}

}  // namespace

DividerRate divider_rate(int threads) {
  DividerRate best;
  for (const Vectors vectors : available_vectors()) {
    const Loops loops = loops_of(vectors);
    best.divisions = std::max(best.divisions, rate(threads, vectors, loops.divide));
    best.roots = std::max(best.roots, rate(threads, vectors, loops.root));
  }
  return best;
}

}  // namespace kiln::codegen
