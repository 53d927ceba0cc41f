// JPEG, through libjpeg-turbo.
#pragma once

#include <string>
#include <string_view>

#include "frontend/data/image_file.h"

namespace kiln::data {

/// The image in `bytes` as grey (1 channel) or RGB (3); `path` names it in errors.
Expected<Image> decode_jpeg(const std::string& path, std::string_view bytes, int64_t channels);

}  // namespace kiln::data
