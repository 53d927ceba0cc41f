#include "runtime/data/row_conversion.h"

#include <array>

namespace kiln::runtime {
namespace {

constexpr std::array<float, 256> kPixels = [] {
  std::array<float, 256> values{};
  for (int i = 0; i < 256; ++i) values[i] = static_cast<float>(i) / 255.0f;
  return values;
}();

void convert_pixels(std::byte* to, const std::byte* from, int64_t count) {
  float* numbers = reinterpret_cast<float*>(to);
  for (int64_t i = 0; i < count; ++i) numbers[i] = kPixels[static_cast<uint8_t>(from[i])];
}

void convert_doubles(std::byte* to, const std::byte* from, int64_t count) {
  float* numbers = reinterpret_cast<float*>(to);
  const double* doubles = reinterpret_cast<const double*>(from);
  for (int64_t i = 0; i < count; ++i) numbers[i] = static_cast<float>(doubles[i]);
}

}  // namespace

RowConversion row_conversion(kiln_element_type from, kiln_element_type to) {
  if (to != KILN_F32) return nullptr;
  if (from == KILN_U8) return convert_pixels;
  if (from == KILN_F64) return convert_doubles;
  return nullptr;
}

}  // namespace kiln::runtime
