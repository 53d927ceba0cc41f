// PNG, through libpng.
#pragma once

#include <string>
#include <string_view>

#include "frontend/data/image_file.h"

namespace kiln::data {

/// The image in `bytes` with `channels` of 8 bits, 1, 3 or 4; `path` names it in errors.
Expected<Image> decode_png(const std::string& path, std::string_view bytes, int64_t channels);

}  // namespace kiln::data
