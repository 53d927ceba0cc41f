// Little-endian numbers of a file that may lie: nothing is read beyond its bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kiln::runtime {

/// A place in the bytes, moving forward. Past the end it stops, gives zeros, and ok() turns false.
class Hdf5Cursor {
 public:
  explicit Hdf5Cursor(std::span<const std::byte> bytes, uint64_t position = 0)
      : bytes_(bytes), position_(position), ok_(position <= bytes.size()) {}

  bool ok() const { return ok_; }
  uint64_t position() const { return position_; }
  /// The bytes up to the end.
  uint64_t left() const { return ok_ ? bytes_.size() - position_ : 0; }

  std::span<const std::byte> take(uint64_t size) {
    ok_ = ok_ && size <= left();
    if (!ok_) return {};
    position_ += size;
    return bytes_.subspan(position_ - size, size);
  }
  void skip(uint64_t size) { take(size); }

  /// An unsigned number of `width` bytes, 1 to 8.
  uint64_t number(int width) {
    uint64_t value = 0;
    int shift = 0;
    for (const std::byte byte : take(static_cast<uint64_t>(width))) {
      value |= std::to_integer<uint64_t>(byte) << shift;
      shift += 8;
    }
    return value;
  }

  /// Four bytes that must be these letters.
  bool signature(std::string_view letters) {
    const std::span<const std::byte> found = take(letters.size());
    ok_ = ok_ && std::equal(found.begin(), found.end(), letters.begin(), letters.end(),
                            [](std::byte a, char b) { return static_cast<char>(a) == b; });
    return ok_;
  }

  /// The characters before the next zero byte, at most `limit` of them.
  std::string text(uint64_t limit) {
    std::string result;
    while (ok_ && result.size() <= limit) {
      const char character = static_cast<char>(number(1));
      if (ok_ && character == '\0') return result;
      result += character;
    }
    ok_ = false;
    return "";
  }

 private:
  std::span<const std::byte> bytes_;
  uint64_t position_;
  bool ok_;
};

}  // namespace kiln::runtime
