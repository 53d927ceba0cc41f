// Numbers in files: little-endian in NPY and zip, big-endian in IDX, at any alignment.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace kiln::runtime {

static_assert(std::endian::native == std::endian::little, "the data readers assume it");

/// The little-endian number at `bytes`.
template <typename T>
T load_little(const std::byte* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

/// The big-endian 32-bit number at `bytes`.
inline uint32_t load_big_u32(const std::byte* bytes) {
  return __builtin_bswap32(load_little<uint32_t>(bytes));
}

/// Reverses the bytes of each of `count` elements of `size` bytes.
inline void swap_bytes(std::byte* bytes, int64_t count, int64_t size) {
  if (size == 1) return;
  for (int64_t i = 0; i < count; ++i) std::reverse(bytes + i * size, bytes + (i + 1) * size);
}

}  // namespace kiln::runtime
