#include "codegen/roofline/vectors.h"

#include <array>

namespace kiln::codegen {

std::span<const Vectors> available_vectors() {
  static constexpr std::array kAll = {Vectors::sse2, Vectors::avx2, Vectors::avx512};
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f");
  return std::span(kAll).first(has_avx512 ? 3 : has_avx2 ? 2 : 1);
}

}  // namespace kiln::codegen
