// BMP: bytes behind a header.
#pragma once

#include <string>
#include <string_view>

#include "frontend/data/image_file.h"

namespace kiln::data {

/// The image in `bytes`, which must have `channels` of 8 bits, as TensorFlow's decode_bmp() reads
/// it: 1 channel is what stands there, without a palette. `path` names it in errors.
Expected<Image> decode_bmp(const std::string& path, std::string_view bytes, int64_t channels);

}  // namespace kiln::data
