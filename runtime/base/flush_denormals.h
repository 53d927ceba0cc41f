// Denormal numbers as zero, while kernels run.
#pragma once

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace kiln::runtime {

/// While it lives, this thread's floating point takes and gives zero for denormal numbers, as
/// TensorFlow's does. An optimizer's moments of weights that get no gradient fade into them, and
/// x86 computes with them a hundred times slower.
class FlushDenormals {
 public:
#if defined(__x86_64__)
  FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | kFlushToZero | kDenormalsAreZero); }
  ~FlushDenormals() { _mm_setcsr(saved_); }

 private:
  // Intel SDM, volume 1, 10.2.3: bits of MXCSR.
  static constexpr unsigned kFlushToZero = 1U << 15;
  static constexpr unsigned kDenormalsAreZero = 1U << 6;
  unsigned saved_;
#else
  FlushDenormals() {}
#endif
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;
};

}  // namespace kiln::runtime
