#include "frontend/data/image_file.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "frontend/data/bmp.h"
#include "frontend/data/gif.h"
#include "frontend/data/jpeg.h"
#include "frontend/data/png.h"
#include "runtime/base/file.h"

namespace kiln::data {
namespace {

// Where a row or column of the result lies among those of the source.
struct Between {
  int64_t lower;
  int64_t upper;
  float part;  // of the way from lower to upper
};

std::vector<Between> positions(int64_t size, int64_t source_size) {
  std::vector<Between> result;
  const float scale = static_cast<float>(source_size) / static_cast<float>(size);
  for (int64_t i = 0; i < size; ++i) {
    const float at = (static_cast<float>(i) + 0.5f) * scale - 0.5f;
    const float floor = std::floor(at);
    result.push_back({std::max<int64_t>(static_cast<int64_t>(floor), 0),
                      std::min<int64_t>(static_cast<int64_t>(std::ceil(at)), source_size - 1),
                      at - floor});
  }
  return result;
}

}  // namespace

Expected<Image> load_image(const std::string& path, int64_t channels) {
  KILN_ASSIGN(const runtime::FileBytes file, runtime::map_file(path));
  const std::string_view bytes(reinterpret_cast<const char*>(file.bytes.get()),
                               static_cast<size_t>(file.size));
  if (bytes.starts_with("\x89PNG\r\n")) return decode_png(path, bytes, channels);
  if (bytes.starts_with("\xff\xd8\xff")) return decode_jpeg(path, bytes, channels);
  if (bytes.starts_with("BM")) return decode_bmp(path, bytes, channels);
  if (bytes.starts_with("GIF8")) return decode_gif(path, bytes, channels);
  return Diagnostic{path, "is no PNG, JPEG, BMP or GIF file", "convert the image to one of them"};
}

void resize_bilinear(const Image& image, int64_t height, int64_t width, float* result) {
  const std::vector<Between> rows = positions(height, image.height);
  const std::vector<Between> columns = positions(width, image.width);
  const auto pixel = [&](int64_t y, int64_t x, int64_t c) {
    return static_cast<float>(image.pixels[(y * image.width + x) * image.channels + c]);
  };
  for (const Between& y : rows) {
    for (const Between& x : columns) {
      for (int64_t c = 0; c < image.channels; ++c) {
        const float top_left = pixel(y.lower, x.lower, c);
        const float top = top_left + (pixel(y.lower, x.upper, c) - top_left) * x.part;
        const float bottom_left = pixel(y.upper, x.lower, c);
        const float bottom = bottom_left + (pixel(y.upper, x.upper, c) - bottom_left) * x.part;
        *result++ = top + (bottom - top) * y.part;
      }
    }
  }
}

}  // namespace kiln::data
