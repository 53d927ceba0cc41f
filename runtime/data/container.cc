#include "runtime/data/container.h"

#include <algorithm>
#include <string_view>

#include "runtime/base/file.h"

namespace kiln::runtime {

Container container_of(const std::string& path) {
  // A pipe gives its bytes only once.
  if (!is_file(path)) return Container::other;
  const auto file = map_file(path);
  if (!file) return Container::other;
  std::string_view text(reinterpret_cast<const char*>(file->bytes.get()),
                        static_cast<size_t>(file->size));
  if (text.starts_with("\x89HDF\r\n\x1a\n")) return Container::hdf5;
  if (text.starts_with("PK\x03\x04")) return Container::zip;
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t\r\n")));
  return text.starts_with('{') || text.starts_with('[') ? Container::json : Container::other;
}

}  // namespace kiln::runtime
