#include "runtime/data/row_conversion.h"

#include <utility>

namespace kiln::runtime {
namespace {

template <typename From>
void multiply(float* to, const std::byte* from, int64_t count, double scale) {
  const From* numbers = reinterpret_cast<const From*>(from);
  for (int64_t i = 0; i < count; ++i)
    to[i] = static_cast<float>(static_cast<double>(numbers[i]) * scale);
}

}  // namespace

RowConversion::RowConversion(kiln_element_type from, double scale)
    : exists_(true), from_(from), scale_(scale) {
  if (from != KILN_U8) return;
  ByteValues values{};
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(static_cast<double>(i) * scale);
  byte_values_ = std::make_shared<const ByteValues>(values);
}

void RowConversion::operator()(std::byte* to, const std::byte* from, int64_t count) const {
  float* numbers = reinterpret_cast<float*>(to);
  if (from_ == KILN_F64) return multiply<double>(numbers, from, count, scale_);
  if (from_ == KILN_F32) return multiply<float>(numbers, from, count, scale_);
  const ByteValues& values = *byte_values_;
  for (int64_t i = 0; i < count; ++i) numbers[i] = values[static_cast<uint8_t>(from[i])];
}

RowConversion row_conversion(const Array& x, kiln_element_type to) {
  if (to != KILN_F32 || (x.type == to && x.scale == 1)) return {};
  if (x.type != KILN_U8 && x.type != KILN_F32 && x.type != KILN_F64) return {};
  return {x.type, x.scale};
}

}  // namespace kiln::runtime
