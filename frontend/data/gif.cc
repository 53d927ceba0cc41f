#include "frontend/data/gif.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

namespace kiln::data {
namespace {

// Larger images are damaged headers, or no training data.
constexpr int64_t kLargestSide = 1 << 14;
constexpr uint8_t kExtension = 0x21, kFrame = 0x2c, kGraphicControl = 0xf9;
constexpr uint8_t kHasColors = 0x80, kInterlaced = 0x40, kHasTransparent = 0x01;
constexpr int kLargestCodeBits = 12;

/// The codes of LZW with variable width, and what they stand for: a code's string is that of its
/// prefix and one index more.
class Codes {
 public:
  explicit Codes(int root_bits) : root_bits_(root_bits) { clear(); }

  int clear_code() const { return 1 << root_bits_; }
  int end_code() const { return clear_code() + 1; }
  int bits() const { return bits_; }

  void clear() {
    next_ = end_code() + 1;
    bits_ = root_bits_ + 1;
    before_ = -1;
  }

  /// Appends what `code` stands for, and learns from it; false where there is no such code.
  bool read(int code, std::vector<uint8_t>& indices) {
    if (code > next_ || (code == next_ && before_ < 0)) return false;
    const size_t start = indices.size();
    const bool is_new = code == next_;
    append(is_new ? before_ : code, indices);
    if (is_new) indices.push_back(indices[start]);
    if (before_ >= 0 && next_ < kMost) {
      prefix_[next_] = static_cast<int16_t>(before_);
      last_[next_] = indices[start];
      if (++next_ == 1 << bits_ && bits_ < kLargestCodeBits) ++bits_;
    } else if (is_new) {
      return false;
    }
    before_ = code;
    return true;
  }

 private:
  static constexpr int kMost = 1 << kLargestCodeBits;

  void append(int code, std::vector<uint8_t>& indices) const {
    const size_t start = indices.size();
    for (; code > end_code(); code = prefix_[code]) indices.push_back(last_[code]);
    indices.push_back(static_cast<uint8_t>(code));
    std::reverse(indices.begin() + static_cast<ptrdiff_t>(start), indices.end());
  }

  const int root_bits_;
  int bits_ = 0, next_ = 0, before_ = -1;
  std::array<int16_t, kMost> prefix_{};
  std::array<uint8_t, kMost> last_{};
};

class Decoder {
 public:
  Decoder(const std::string& path, std::string_view bytes) : path_(path), bytes_(bytes) {}

  Expected<Image> decode() {
    if (!skip(10)) return early();  // "GIF89a", the screen's size
    const uint8_t flags = byte();
    if (!skip(2)) return early();
    std::string_view colors;
    if ((flags & kHasColors) && !take_colors(flags, colors)) return early();
    while (!bytes_.empty()) {
      const uint8_t block = byte();
      if (block == kFrame) return frame(colors);
      if (block != kExtension) return damaged("it has no frame");
      if (!extension()) return early();
    }
    return early();
  }

 private:
  Diagnostic damaged(const char* what) const {
    return {path_, std::string("is a damaged GIF file: ") + what, ""};
  }
  Diagnostic early() const { return damaged("the file ends early"); }

  bool skip(size_t count) {
    if (count > bytes_.size()) return false;
    bytes_.remove_prefix(count);
    return true;
  }
  // 0 at the end: what follows will be missing.
  uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto value = static_cast<uint8_t>(bytes_[0]);
    bytes_.remove_prefix(1);
    return value;
  }
  int64_t number() {
    const int64_t low = byte();
    return low | int64_t{byte()} << 8;
  }
  bool take_colors(uint8_t flags, std::string_view& colors) {
    colors = bytes_.substr(0, size_t{3} << ((flags & 7) + 1));
    return skip(size_t{3} << ((flags & 7) + 1));
  }

  bool extension() {
    const uint8_t kind = byte();
    while (!bytes_.empty()) {
      const uint8_t size = byte();
      if (size == 0) return true;
      if (size > bytes_.size()) return false;
      if (kind == kGraphicControl && size == 4 && (bytes_[0] & kHasTransparent))
        transparent_ = static_cast<uint8_t>(bytes_[3]);
      skip(size);
    }
    return false;
  }

  Expected<Image> frame(std::string_view colors) {
    if (bytes_.size() < 9) return early();
    skip(4);  // where it stands on the screen
    const int64_t width = number(), height = number();
    const uint8_t flags = byte();
    if ((flags & kHasColors) && !take_colors(flags, colors)) return early();
    if (colors.empty()) return damaged("it has no colours");
    if (width < 1 || height < 1) return damaged("it has no pixels");
    if (std::max(width, height) > kLargestSide) return damaged("the image is too large");
    std::vector<uint8_t> indices;
    if (!read_indices(width * height, indices)) return damaged("the pixels are not all there");
    Image image{height, width, 3, {}};
    image.pixels.resize(static_cast<size_t>(width * height * 3));
    const std::vector<int64_t> rows = rows_in_file(height, (flags & kInterlaced) != 0);
    for (int64_t i = 0; i < width * height; ++i) {
      const uint8_t index = indices[static_cast<size_t>(i)];
      if (transparent_ && index == *transparent_) continue;
      if (size_t{index} * 3 + 3 > colors.size()) return damaged("a pixel has no colour");
      const auto color = colors.substr(size_t{index} * 3, 3);
      std::copy(color.begin(), color.end(),
                image.pixels.begin() + (rows[i / width] * width + i % width) * 3);
    }
    return image;
  }

  // Which row of the image stands at each row of the file: every eighth one, those between, ...
  static std::vector<int64_t> rows_in_file(int64_t height, bool interlaced) {
    struct Pass {
      int64_t first, step;
    };
    static constexpr Pass kPasses[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
    static constexpr Pass kWhole[] = {{0, 1}};
    std::vector<int64_t> rows;
    for (const Pass& pass : interlaced ? std::span<const Pass>(kPasses) : kWhole)
      for (int64_t row = pass.first; row < height; row += pass.step) rows.push_back(row);
    return rows;
  }

  // The blocks of a frame hold codes, the lowest bit first.
  bool read_indices(int64_t count, std::vector<uint8_t>& indices) {
    const int root_bits = byte();
    if (root_bits < 1 || root_bits > 8) return false;
    Codes codes(root_bits);
    uint32_t pending = 0;
    int pending_bits = 0;
    while (static_cast<int64_t>(indices.size()) < count) {
      const uint8_t size = byte();
      if (size == 0 || size > bytes_.size()) return false;
      for (int i = 0; i < size && static_cast<int64_t>(indices.size()) < count; ++i) {
        pending |= uint32_t{static_cast<uint8_t>(bytes_[i])} << pending_bits;
        pending_bits += 8;
        while (pending_bits >= codes.bits() && static_cast<int64_t>(indices.size()) < count) {
          const int width = codes.bits(), code = static_cast<int>(pending & ((1u << width) - 1));
          pending >>= width;
          pending_bits -= width;
          if (code == codes.end_code()) return false;
          if (code == codes.clear_code()) {
            codes.clear();
          } else if (!codes.read(code, indices)) {
            return false;
          }
        }
      }
      skip(size);
    }
    return true;
  }

  const std::string& path_;
  std::string_view bytes_;
  std::optional<uint8_t> transparent_;
};

}  // namespace

Expected<Image> decode_gif(const std::string& path, std::string_view bytes, int64_t channels) {
  if (channels != 3) {
    return Diagnostic{
        path, "is a GIF file, which has 3 channels, the model takes " + std::to_string(channels),
        "make it a PNG file"};
  }
  return Decoder(path, bytes).decode();
}

}  // namespace kiln::data
