#include "frontend/data/bmp.h"

#include <algorithm>

#include "runtime/base/byte_order.h"

namespace kiln::data {
namespace {

// Up to the field for the compression, which is the last one that is read.
constexpr size_t kHeaderSize = 34;
// Larger images are damaged headers, or no training data.
constexpr int64_t kLargestSide = 1 << 14;
constexpr uint32_t kPlain = 0, kBitFields = 3;

// What the header says; a height below zero stands for rows from the top.
struct Header {
  int64_t first_byte, width, height, bits;
  uint32_t compression;
};

Header read_header(const std::byte* bytes) {
  using runtime::load_little;
  return {load_little<uint32_t>(bytes + 10), load_little<int32_t>(bytes + 18),
          load_little<int32_t>(bytes + 22), load_little<uint16_t>(bytes + 28),
          load_little<uint32_t>(bytes + 30)};
}

// Blue, green, red become red, green, blue; a fourth channel stays where it is.
void copy_row(const std::byte* from, int64_t width, int64_t channels, uint8_t* to) {
  for (int64_t i = 0; i < width * channels; i += channels) {
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t at = channels > 1 && c < 3 ? 2 - c : c;
      to[i + c] = static_cast<uint8_t>(from[i + at]);
    }
  }
}

}  // namespace

Expected<Image> decode_bmp(const std::string& path, std::string_view bytes, int64_t channels) {
  const auto* const data = reinterpret_cast<const std::byte*>(bytes.data());
  const auto damaged = [&](const char* what) {
    return Diagnostic{path, std::string("is a damaged BMP file: ") + what, ""};
  };
  if (bytes.size() < kHeaderSize) return damaged("it ends in its header");
  const Header header = read_header(data);
  if (header.bits != 8 * channels) {
    return Diagnostic{path,
                      "is a BMP file of " + std::to_string(header.bits) +
                          " bits a pixel, the model's " + std::to_string(channels) +
                          (channels == 1 ? " channel needs " : " channels need ") +
                          std::to_string(8 * channels),
                      "convert it, or make it a PNG file"};
  }
  if (header.compression != kPlain && !(header.compression == kBitFields && channels == 4))
    return Diagnostic{path, "is a compressed BMP file", "make it a PNG file"};
  const int64_t height = std::abs(header.height), row_bytes = (header.width * channels + 3) / 4 * 4;
  if (header.width < 1 || height < 1) return damaged("it has no pixels");
  if (std::max(header.width, height) > kLargestSide) return damaged("the image is too large");
  if (header.first_byte + row_bytes * height > static_cast<int64_t>(bytes.size()))
    return damaged("the file ends early");
  Image image{height, header.width, channels, {}};
  image.pixels.resize(static_cast<size_t>(height * header.width * channels));
  for (int64_t y = 0; y < height; ++y) {
    const int64_t row = header.height < 0 ? y : height - 1 - y;
    copy_row(data + header.first_byte + row * row_bytes, header.width, channels,
             image.pixels.data() + y * header.width * channels);
  }
  return image;
}

}  // namespace kiln::data
