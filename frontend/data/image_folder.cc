#include "frontend/data/image_folder.h"

#include <string>
#include <utility>
#include <vector>

#include "frontend/data/image_file.h"
#include "runtime/base/array.h"
#include "runtime/base/joined.h"
#include "runtime/data/class_folders.h"

namespace kiln::data {

namespace {

/// A negative height or width becomes that of the images, which must have one.
Status take_own_size(const std::vector<std::string>& paths, int64_t channels, int64_t& height,
                     int64_t& width) {
  if (height >= 0 && width >= 0) return ok();
  const bool open_height = height < 0, open_width = width < 0;
  for (const std::string& path : paths) {
    KILN_ASSIGN(const Image image, load_image(path, channels));
    if (open_height && height < 0) height = image.height;
    if (open_width && width < 0) width = image.width;
    if ((!open_height || image.height == height) && (!open_width || image.width == width)) continue;
    const auto size = [](int64_t rows, int64_t columns) {
      return std::to_string(rows) + "x" + std::to_string(columns);
    };
    return Diagnostic{path,
                      "is " + size(image.height, image.width) + ", " + paths[0] +
                          " gives the model " + size(height, width),
                      "--shape HEIGHT,WIDTH,CHANNELS resizes all images to one size"};
  }
  return ok();
}

/// The images at one size, x f32 [images, height, width, channels]; what is damaged is added to
/// the description.
Expected<runtime::Array> load_all(const std::string& where, const std::vector<std::string>& paths,
                                  int64_t height, int64_t width, int64_t channels,
                                  std::string& damage) {
  KILN_TRY(take_own_size(paths, channels, height, width));
  const auto count = static_cast<int64_t>(paths.size());
  KILN_ASSIGN(runtime::Array x,
              runtime::try_allocate(where, KILN_F32, {count, height, width, channels}));
  int64_t damaged = 0;
  std::string first;
  for (int64_t i = 0; i < count; ++i) {
    KILN_ASSIGN(const Image image, load_image(paths[i], channels));
    if (!image.warning.empty() && damaged++ == 0) first = paths[i] + ": " + image.warning;
    resize_bilinear(image, height, width, reinterpret_cast<float*>(x.row(i)));
  }
  if (damaged > 0) damage = "; " + std::to_string(damaged) + " damaged (" + first + ")";
  return x;
}

/// A directory's own images, or one.
Expected<std::optional<runtime::Dataset>> load_without_classes(const std::string& path,
                                                               int64_t height, int64_t width,
                                                               int64_t channels) {
  const std::vector<std::string> paths = runtime::files_at(path, runtime::image_endings());
  if (paths.empty()) return std::optional<runtime::Dataset>();
  runtime::Dataset data;
  std::string damage;
  KILN_ASSIGN(runtime::Array x, load_all(path, paths, height, width, channels, damage));
  data.train = {{"x", std::move(x)}};
  data.description = paths.size() == 1 ? "1 image" : std::to_string(paths.size()) + " images";
  data.description += ", from " + path;
  if (paths.size() > 1) data.description += ", in the order of their names";
  data.description += damage;
  return std::optional(std::move(data));
}

}  // namespace

Expected<std::optional<runtime::Dataset>> load_image_folders(const std::string& directory,
                                                             int64_t height, int64_t width,
                                                             int64_t channels,
                                                             const runtime::ClassNames& known) {
  if (!runtime::has_class_files(directory, runtime::image_endings()))
    return load_without_classes(directory, height, width, channels);
  KILN_ASSIGN(runtime::ClassFiles found,
              runtime::class_files(directory, runtime::image_endings(), known));
  const auto count = static_cast<int64_t>(found.paths.size());
  runtime::Dataset data;
  std::string damage;
  KILN_ASSIGN(runtime::Array x, load_all(directory, found.paths, height, width, channels, damage));
  data.train = {{"x", std::move(x)},
                {"y", runtime::copy_of(KILN_I32, {count}, found.labels.data())}};
  data.description = std::to_string(count) + " images in " + std::to_string(found.classes.size()) +
                     " classes (" + runtime::joined(found.classes) + "), from " + directory +
                     found.remarks + damage;
  data.classes = std::move(found.classes);
  return std::optional(std::move(data));
}

}  // namespace kiln::data
