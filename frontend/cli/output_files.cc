#include "frontend/cli/output_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace kiln::cli {
namespace {

// Less what the user's umask forbids.
constexpr mode_t kExecutable = 0777;
constexpr mode_t kPlain = 0666;

Diagnostic failure(const std::string& path, const char* what) {
  return {path, fmt::format("{}: {}", what, std::strerror(errno)), ""};
}

/// Creates a new file beside `path`; sets its name.
int create_beside(const std::string& path, mode_t mode, std::string& name) {
  for (int i = 0;; ++i) {
    name = fmt::format("{}.{}-{}", path, getpid(), i);
    const int descriptor = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
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

/// Writes a file under a name beside its own; sets that name.
Status write_beside(const OutputFile& file, std::string& name) {
  const int descriptor = create_beside(file.path, file.is_executable ? kExecutable : kPlain, name);
  if (descriptor < 0) {
    name.clear();
    return failure(file.path, "cannot write here");
  }
  return write_and_close(descriptor, file.bytes) ? ok() : failure(file.path, "cannot write");
}

/// Gives the written files their names.
Status rename_all(const std::vector<OutputFile>& files, std::vector<std::string>& unfinished) {
  for (size_t i = 0; i < files.size(); ++i) {
    if (std::rename(unfinished[i].c_str(), files[i].path.c_str()) != 0)
      return failure(files[i].path, "cannot write here");
    unfinished[i].clear();
  }
  return ok();
}

}  // namespace

Status write_outputs(const std::vector<OutputFile>& files) {
  std::vector<std::string> unfinished(files.size());
  Status outcome = ok();
  for (size_t i = 0; i < files.size() && outcome; ++i)
    outcome = write_beside(files[i], unfinished[i]);
  if (outcome) outcome = rename_all(files, unfinished);
  for (const std::string& name : unfinished) {
    if (!name.empty()) unlink(name.c_str());
  }
  return outcome;
}

}  // namespace kiln::cli
