#include "frontend/keras/files/container.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "runtime/base/file.h"

namespace kiln::keras {

Container container_of(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return Container::other;
  const auto file = runtime::map_file(path);
  if (!file) return Container::other;
  std::string_view text(reinterpret_cast<const char*>(file->bytes.get()),
                        static_cast<size_t>(file->size));
  if (text.starts_with("\x89HDF\r\n\x1a\n")) return Container::hdf5;
  if (text.starts_with("PK\x03\x04")) return Container::zip;
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t\r\n")));
  return text.starts_with('{') || text.starts_with('[') ? Container::json : Container::other;
}

}  // namespace kiln::keras
