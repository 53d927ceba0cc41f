// GIF: the first frame. Source: "Graphics Interchange Format, Version 89a", CompuServe 1990.
#pragma once

#include <string>
#include <string_view>

#include "frontend/data/image_file.h"

namespace kiln::data {

/// The first frame of the image in `bytes` as RGB, as TensorFlow reads it: the frame alone, without
/// the screen that it stands on, and black where it is transparent. Other `channels` than 3 are an
/// error. `path` names it in errors.
Expected<Image> decode_gif(const std::string& path, std::string_view bytes, int64_t channels);

}  // namespace kiln::data
