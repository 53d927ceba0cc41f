#include "frontend/data/image_folder.h"

#include <vector>

#include "frontend/data/image_file.h"
#include "runtime/base/array.h"
#include "runtime/data/class_folders.h"

namespace kiln::data {

Expected<std::optional<runtime::Dataset>> load_image_folders(const std::string& directory,
                                                             int64_t height, int64_t width,
                                                             int64_t channels) {
  const std::vector<std::string> classes = runtime::class_folders(directory);
  std::vector<std::string> files;
  std::vector<int32_t> labels;
  for (size_t label = 0; label < classes.size(); ++label) {
    const auto found =
        runtime::files_below(directory + "/" + classes[label], runtime::image_endings());
    files.insert(files.end(), found.begin(), found.end());
    labels.resize(files.size(), static_cast<int32_t>(label));
  }
  if (files.empty()) return std::optional<runtime::Dataset>();
  const auto count = static_cast<int64_t>(files.size());
  runtime::Dataset data;
  KILN_ASSIGN(const runtime::Array x,
              runtime::try_allocate(directory, KILN_F32, {count, height, width, channels}));
  data.train = {{"x", x}, {"y", runtime::copy_of(KILN_I32, {count}, labels.data())}};
  for (int64_t i = 0; i < count; ++i) {
    KILN_ASSIGN(const Image image, load_image(files[i], channels));
    resize_bilinear(image, height, width, reinterpret_cast<float*>(x.row(i)));
  }
  data.description = std::to_string(count) + " images in " + std::to_string(classes.size()) +
                     " classes, from " + directory;
  return std::optional(std::move(data));
}

}  // namespace kiln::data
