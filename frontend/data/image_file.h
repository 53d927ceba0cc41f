// PNG, JPEG, BMP and GIF files as TensorFlow's decode_image() reads them, and its bilinear
// resize().
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::data {

/// Pixels [height, width, channels], row by row.
struct Image {
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;
  std::vector<uint8_t> pixels;
  std::string warning = "";  ///< damage that its decoder passed over, as TensorFlow does
};

/// Reads a PNG, JPEG, BMP or GIF file (its first frame), told apart by their first bytes, as grey
/// (1 channel), RGB (3) or RGBA (4, PNG and BMP alone) of 8 bits. Errors name the file and say what
/// its library said.
Expected<Image> load_image(const std::string& path, int64_t channels);

/// `image` at another size, f32 [height, width, channels] from 0 to 255, written to `result`.
/// Source: tensorflow/core/kernels/image/resize_bilinear_op.cc with half-pixel centres.
void resize_bilinear(const Image& image, int64_t height, int64_t width, float* result);

}  // namespace kiln::data
