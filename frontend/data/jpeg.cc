#include "frontend/data/jpeg.h"

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdio>

// Need the two above.
#include <jerror.h>
#include <jpeglib.h>

namespace kiln::data {
namespace {

// Larger images are damaged headers, or no training data.
constexpr JDIMENSION kLargestSide = 1 << 14;

struct Decoder {
  jpeg_decompress_struct jpeg;
  jpeg_error_mgr errors;
  std::jmp_buf on_error;
  char message[JMSG_LENGTH_MAX];
  char warning[JMSG_LENGTH_MAX];  // the first one
};

void keep_error(j_common_ptr jpeg) {
  auto& decoder = *static_cast<Decoder*>(jpeg->client_data);
  jpeg->err->format_message(jpeg, decoder.message);
  std::longjmp(decoder.on_error, 1);
}

// TensorFlow refuses a file that ends early, and passes over what libjpeg warns of else.
void judge_warning(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  if (jpeg->err->msg_code == JWRN_JPEG_EOF) keep_error(jpeg);
  auto& decoder = *static_cast<Decoder*>(jpeg->client_data);
  if (decoder.warning[0] == 0) jpeg->err->format_message(jpeg, decoder.warning);
}

void ignore_message(j_common_ptr) {}

bool is_cmyk(const jpeg_decompress_struct& jpeg) {
  return jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
}

// Four bytes a pixel become three, in place. Adobe's programs store inks inverted.
// Source: tensorflow/core/lib/jpeg/jpeg_mem.cc.
void cmyk_to_rgb(bool inverted, Image& image) {
  const size_t pixels = image.pixels.size() / 4;
  for (size_t i = 0; i < pixels; ++i) {
    const uint8_t* const inks = image.pixels.data() + 4 * i;
    const int black = inverted ? inks[3] : 255 - inks[3];
    for (size_t c = 0; c < 3; ++c) {
      const int ink = inverted ? inks[c] : 255 - inks[c];
      image.pixels[3 * i + c] = static_cast<uint8_t>(black * ink / 255);
    }
  }
  image.channels = 3;
  image.pixels.resize(3 * pixels);
}

// Between setjmp and what may jump there stands no object with a destructor: `image` is the
// caller's.
bool read_image(Decoder& decoder, std::string_view bytes, int64_t channels, Image& image) {
  jpeg_decompress_struct& jpeg = decoder.jpeg;
  if (setjmp(decoder.on_error) != 0) return false;
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()),
               static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&jpeg, TRUE);
  if (std::max(jpeg.image_width, jpeg.image_height) > kLargestSide) {
    std::snprintf(decoder.message, sizeof(decoder.message), "the image is too large");
    return false;
  }
  if (channels == 1 && is_cmyk(jpeg)) return false;
  jpeg.out_color_space = channels == 1 ? JCS_GRAYSCALE : is_cmyk(jpeg) ? JCS_CMYK : JCS_RGB;
  jpeg.dct_method = JDCT_IFAST;  // TensorFlow's choice
  jpeg_start_decompress(&jpeg);
  image.height = jpeg.output_height;
  image.width = jpeg.output_width;
  image.channels = jpeg.output_components;
  image.pixels.resize(static_cast<size_t>(image.height * image.width * image.channels));
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = image.pixels.data() + jpeg.output_scanline * image.width * image.channels;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  if (image.channels == 4) cmyk_to_rgb(jpeg.saw_Adobe_marker, image);
  return true;
}

}  // namespace

Expected<Image> decode_jpeg(const std::string& path, std::string_view bytes, int64_t channels) {
  if (channels == 4) {
    return Diagnostic{path, "is a JPEG file, which has no fourth channel", "use PNG files"};
  }
  Decoder decoder = {};
  decoder.jpeg.err = jpeg_std_error(&decoder.errors);
  decoder.jpeg.client_data = &decoder;
  decoder.errors.error_exit = keep_error;
  decoder.errors.emit_message = judge_warning;
  decoder.errors.output_message = ignore_message;
  Image image;
  const bool read = read_image(decoder, bytes, channels, image);
  const bool needs_colors = channels == 1 && is_cmyk(decoder.jpeg);
  jpeg_destroy_decompress(&decoder.jpeg);
  if (!read && needs_colors) {
    return Diagnostic{path, "is a JPEG file of inks (CMYK), which cannot be read as grey",
                      "convert it to RGB or grey"};
  }
  if (!read) return Diagnostic{path, std::string("is a damaged JPEG file: ") + decoder.message, ""};
  image.warning = decoder.warning;
  return image;
}

}  // namespace kiln::data
