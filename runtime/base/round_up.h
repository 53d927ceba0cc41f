// Multiples.
#pragma once

#include <cstdint>

namespace kiln::runtime {

/// The least multiple that is no less than `value`; neither is negative.
constexpr int64_t round_up(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace kiln::runtime
