#include "frontend/data/jpeg.h"

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdio>

// Needs the two above.
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
};

void keep_error(j_common_ptr jpeg) {
  auto& decoder = *static_cast<Decoder*>(jpeg->client_data);
  jpeg->err->format_message(jpeg, decoder.message);
  std::longjmp(decoder.on_error, 1);
}

// Warnings are damage, too: an image that is half grey trains a model on nothing.
void refuse_warning(j_common_ptr jpeg, int level) {
  if (level < 0) keep_error(jpeg);
}

void ignore_message(j_common_ptr) {}

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
  jpeg.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
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
  decoder.errors.emit_message = refuse_warning;
  decoder.errors.output_message = ignore_message;
  Image image;
  const bool read = read_image(decoder, bytes, channels, image);
  jpeg_destroy_decompress(&decoder.jpeg);
  if (!read) return Diagnostic{path, std::string("is a damaged JPEG file: ") + decoder.message, ""};
  return image;
}

}  // namespace kiln::data
