// The vectors of x86 that this processor has, for loops that find its limits.
#pragma once

#include <span>

namespace kiln::codegen {

/// Each with what it takes to use it: AVX2 with fused multiply-adds.
enum class Vectors { sse2, avx2, avx512 };

/// Those that there are, the narrowest first.
std::span<const Vectors> available_vectors();
inline Vectors widest_vectors() { return available_vectors().back(); }

/// f32 numbers in a vector.
constexpr int lanes_of(Vectors vectors) {
  return vectors == Vectors::avx512 ? 16 : vectors == Vectors::avx2 ? 8 : 4;
}

/// Twelve values in variables of their own, where an array would live in memory: DO(I) for each.
/// As many as hide the latency of what two units begin every cycle and end five cycles later.
#define KILN_EACH_OF_TWELVE(DO) \
  DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)

}  // namespace kiln::codegen
