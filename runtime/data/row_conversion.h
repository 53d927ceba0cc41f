// Examples that are converted on their way into a model, a batch at a time, so that a mapped file
// that is larger than memory stays one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/abi.h"

namespace kiln::runtime {

/// Writes `count` elements to `to`, converted from those at `from`.
using RowConversion = void (*)(std::byte* to, const std::byte* from, int64_t count);

/// How elements of an x become those that a model takes; null where batches do not do it. Bytes are
/// pixels, 0..255 to 0..1; f64 is rounded to the nearest f32.
RowConversion row_conversion(kiln_element_type from, kiln_element_type to);

}  // namespace kiln::runtime
