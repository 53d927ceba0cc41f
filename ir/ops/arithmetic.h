// The arithmetic of the reference evaluations: overloads for floats, computed in double, and for
// integers, which wrap.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace kiln::ir {

/// Unsigned arithmetic wraps without undefined behaviour; this is the way back.
inline int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }

inline double add(double a, double b) { return a + b; }
inline int64_t add(int64_t a, int64_t b) { return wrap(uint64_t(a) + uint64_t(b)); }
inline double subtract(double a, double b) { return a - b; }
inline int64_t subtract(int64_t a, int64_t b) { return wrap(uint64_t(a) - uint64_t(b)); }
inline double multiply(double a, double b) { return a * b; }
inline int64_t multiply(int64_t a, int64_t b) { return wrap(uint64_t(a) * uint64_t(b)); }

// IEEE 754-2019 maximum and minimum, as StableHLO's: NaN in either operand gives NaN, -0 < +0.
inline double maximum(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) ? a : b;
  return a > b || (a == b && !std::signbit(a)) ? a : b;
}
inline double minimum(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) ? a : b;
  return a < b || (a == b && std::signbit(a)) ? a : b;
}
inline int64_t maximum(int64_t a, int64_t b) { return std::max(a, b); }
inline int64_t minimum(int64_t a, int64_t b) { return std::min(a, b); }

}  // namespace kiln::ir
