#include "codegen/temporary_directory.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace kiln::codegen {

Expected<TemporaryDirectory> TemporaryDirectory::create() {
  const char* parent = std::getenv("TMPDIR");
  std::string path = std::string(parent && *parent ? parent : "/tmp") + "/kiln-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    return Diagnostic{path,
                      fmt::format("cannot create a temporary folder: {}", std::strerror(errno)),
                      "set TMPDIR to a folder that you can write to"};
  }
  return TemporaryDirectory(std::move(path));
}

TemporaryDirectory::~TemporaryDirectory() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace kiln::codegen
