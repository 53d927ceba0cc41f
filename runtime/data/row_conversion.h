// Examples that are converted on their way into a model, a batch at a time, so that a mapped file
// that is larger than memory stays one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "runtime/base/abi.h"
#include "runtime/base/array.h"

namespace kiln::runtime {

/// How elements of an x become those that a model takes.
class RowConversion {
 public:
  /// None: elements are taken as they are, or cannot be converted in batches.
  RowConversion() = default;
  /// From elements of type u8, f32 or f64 to f32, each times `scale`.
  RowConversion(kiln_element_type from, double scale);

  explicit operator bool() const { return exists_; }

  /// Writes `count` elements to `to`, converted from those at `from`.
  void operator()(std::byte* to, const std::byte* from, int64_t count) const;

 private:
  using ByteValues = std::array<float, 256>;

  bool exists_ = false;
  kiln_element_type from_ = KILN_F32;
  double scale_ = 1;
  std::shared_ptr<const ByteValues> byte_values_;  ///< of each byte, for u8
};

/// How the elements of an x become those that a model takes; none where they are the same, or where
/// batches do not do it. Doubles are rounded to the nearest float.
RowConversion row_conversion(const Array& x, kiln_element_type to);

}  // namespace kiln::runtime
