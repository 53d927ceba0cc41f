#include "frontend/data/png.h"

#include <png.h>

#include <algorithm>
#include <cstring>

namespace kiln::data {
namespace {

// Larger images are damaged headers, or no training data.
constexpr png_uint_32 kLargestSide = 1 << 14;

// What libpng's callbacks work on.
struct Source {
  std::string_view bytes;
  std::string error;
};

void read_bytes(png_structp png, png_bytep to, size_t count) {
  auto& source = *static_cast<Source*>(png_get_io_ptr(png));
  if (count > source.bytes.size()) png_error(png, "the file ends early");
  std::memcpy(to, source.bytes.data(), count);
  source.bytes.remove_prefix(count);
}

[[noreturn]] void keep_error(png_structp png, png_const_charp message) {
  static_cast<Source*>(png_get_error_ptr(png))->error = message;
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

// Transformations to 8 bits and the channels that are wanted; TensorFlow's weights for grey.
void transform(png_structp png, png_infop info, int64_t channels) {
  const int color = png_get_color_type(png, info);
  const bool grey = (color & PNG_COLOR_MASK_COLOR) == 0;
  const bool has_transparency = png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  const bool has_alpha = (color & PNG_COLOR_MASK_ALPHA) != 0;
  if (png_get_bit_depth(png, info) == 16) png_set_strip_16(png);
  if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (grey) png_set_expand_gray_1_2_4_to_8(png);
  if (channels == 4 && has_transparency) png_set_tRNS_to_alpha(png);
  if (channels == 4 && !has_alpha && !has_transparency)
    png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
  if (channels != 4 && (has_alpha || has_transparency)) png_set_strip_alpha(png);
  if (channels == 1 && !grey) png_set_rgb_to_gray(png, PNG_ERROR_ACTION_NONE, 0.299, 0.587);
  if (channels != 1 && grey) png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
}

// Between setjmp and what may jump there stands no object with a destructor: `image`, `rows` and
// `source` are the caller's.
bool read_image(png_structp png, png_infop info, int64_t channels, Image& image,
                std::vector<png_bytep>& rows) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_read_info(png, info);
  if (std::max(png_get_image_width(png, info), png_get_image_height(png, info)) > kLargestSide) {
    png_error(png, "the image is too large");
  }
  transform(png, info, channels);
  png_read_update_info(png, info);
  image.height = png_get_image_height(png, info);
  image.width = png_get_image_width(png, info);
  image.channels = png_get_channels(png, info);
  if (image.channels != channels) png_error(png, "the channels cannot be converted");
  image.pixels.resize(static_cast<size_t>(image.height * image.width * channels));
  rows.resize(static_cast<size_t>(image.height));
  for (int64_t y = 0; y < image.height; ++y) {
    rows[y] = image.pixels.data() + y * image.width * channels;
  }
  png_read_image(png, rows.data());
  png_read_end(png, nullptr);
  return true;
}

}  // namespace

Expected<Image> decode_png(const std::string& path, std::string_view bytes, int64_t channels) {
  Source source{bytes, ""};
  png_structp png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, keep_error, ignore_warning);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  if (info == nullptr) {
    png_destroy_read_struct(&png, nullptr, nullptr);
    return Diagnostic{path, "no memory to read it", ""};
  }
  png_set_read_fn(png, &source, read_bytes);
  Image image;
  std::vector<png_bytep> rows;
  const bool read = read_image(png, info, channels, image, rows);
  png_destroy_read_struct(&png, &info, nullptr);
  if (!read) return Diagnostic{path, "is a damaged PNG file: " + source.error, ""};
  return image;
}

}  // namespace kiln::data
