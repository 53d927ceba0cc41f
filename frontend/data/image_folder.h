// Images in a folder for each class, or without classes, as Keras's image_dataset_from_directory()
// reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/base/expected.h"
#include "runtime/data/class_names.h"
#include "runtime/data/dataset.h"

namespace kiln::data {

/// Reads all images at one size, resized bilinearly where theirs is another: x f32 [images, height,
/// width, channels] from 0 to 255, y i32 [images], class after class. Folders are numbered as
/// `known` has them, or in alphabetical order where it is empty. A negative height or width: that
/// of the images, an error where they have several. A directory of images without class folders, or
/// the name of one image, gives x alone, in the order of the names. Nothing where there are no
/// images; an error where one cannot be read, or where a folder is no known class.
Expected<std::optional<runtime::Dataset>> load_image_folders(const std::string& directory,
                                                             int64_t height, int64_t width,
                                                             int64_t channels,
                                                             const runtime::ClassNames& known);

}  // namespace kiln::data
