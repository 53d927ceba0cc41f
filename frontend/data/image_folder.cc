#include "frontend/data/image_folder.h"

#include <utility>

#include "frontend/data/image_file.h"
#include "runtime/base/array.h"
#include "runtime/data/class_folders.h"

namespace kiln::data {

Expected<std::optional<runtime::Dataset>> load_image_folders(const std::string& directory,
                                                             int64_t height, int64_t width,
                                                             int64_t channels,
                                                             const runtime::ClassNames& known) {
  KILN_ASSIGN(runtime::ClassFiles found,
              runtime::class_files(directory, runtime::image_endings(), known));
  if (found.paths.empty()) return std::optional<runtime::Dataset>();
  const auto count = static_cast<int64_t>(found.paths.size());
  runtime::Dataset data;
  KILN_ASSIGN(const runtime::Array x,
              runtime::try_allocate(directory, KILN_F32, {count, height, width, channels}));
  data.train = {{"x", x}, {"y", runtime::copy_of(KILN_I32, {count}, found.labels.data())}};
  int64_t damaged = 0;
  std::string first_damage;
  for (int64_t i = 0; i < count; ++i) {
    KILN_ASSIGN(const Image image, load_image(found.paths[i], channels));
    if (!image.warning.empty() && damaged++ == 0)
      first_damage = found.paths[i] + ": " + image.warning;
    resize_bilinear(image, height, width, reinterpret_cast<float*>(x.row(i)));
  }
  data.description = std::to_string(count) + " images in " + std::to_string(found.classes.size()) +
                     " classes (" + runtime::joined(found.classes) + "), from " + directory +
                     found.remarks;
  if (damaged > 0)
    data.description += "; " + std::to_string(damaged) + " damaged (" + first_damage + ")";
  data.classes = std::move(found.classes);
  return std::optional(std::move(data));
}

}  // namespace kiln::data
