#include "frontend/cli/executable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace kiln::cli {
namespace {

constexpr mode_t kExecutable = 0777;  // less what the user's umask forbids

Diagnostic failure(const std::string& path, const char* what) {
  return {path, fmt::format("{}: {}", what, std::strerror(errno)), ""};
}

/// Creates a new file beside `path`; sets its name.
int create_beside(const std::string& path, std::string& name) {
  for (int i = 0;; ++i) {
    name = fmt::format("{}.{}-{}", path, getpid(), i);
    const int descriptor = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kExecutable);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
}

/// Writes all bytes and closes; else errno says why not.
bool write_and_close(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      close(descriptor);
      errno = error;
      return false;
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return close(descriptor) == 0;
}

}  // namespace

Status write_executable(const std::string& path, std::string_view bytes) {
  std::string unfinished;
  const int descriptor = create_beside(path, unfinished);
  if (descriptor < 0) return failure(path, "cannot write here");
  Status outcome = ok();
  if (!write_and_close(descriptor, bytes)) {
    outcome = failure(path, "cannot write");
  } else if (std::rename(unfinished.c_str(), path.c_str()) != 0) {
    outcome = failure(path, "cannot write here");
  }
  if (!outcome) unlink(unfinished.c_str());
  return outcome;
}

}  // namespace kiln::cli
