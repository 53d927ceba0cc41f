#include "runtime/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace kiln::runtime {
namespace {

Diagnostic system_error(const std::string& path, const char* action) {
  return {path, std::string("cannot ") + action + ": " + strerror(errno), ""};
}

bool has_mode(const std::string& path, mode_t kind) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && (status.st_mode & S_IFMT) == kind;
}

// Between a file's name and the process id in the name of its temporary file.
constexpr const char* kTemporary = ".tmp";

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, std::max<size_t>(slash, 1));
}

// A rename is on the disk only when its directory is. Some file systems cannot flush a directory:
// what they give is then all there is, so no error comes of it.
void flush_directory_of(const std::string& path) {
  const std::string directory = directory_of(path);
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

Status write_all(int descriptor, const std::string& path, const void* bytes, int64_t size) {
  const char* next = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = ::write(descriptor, next, std::min<int64_t>(size, 1 << 30));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(path, "write");
    next += written;
    size -= written;
  }
  return ok();
}

}  // namespace

Expected<FileBytes> map_file(const std::string& path) {
  if (is_directory(path)) {
    return Diagnostic{path, "is a directory, not a file", ""};
  }
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_error(path, "open");
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(descriptor);
    return Diagnostic{path, "is not a regular file, so it cannot be memory-mapped",
                      "copy the data to a file first"};
  }
  const auto size = static_cast<int64_t>(status.st_size);
  // mmap refuses length 0; one anonymous page stands for the empty file.
  const auto length = static_cast<size_t>(std::max<int64_t>(size, 1));
  void* address =
      size == 0 ? mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                : mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE,
                       descriptor, 0);
  close(descriptor);
  if (address == MAP_FAILED) return system_error(path, "map into memory");
  std::shared_ptr<std::byte> bytes(static_cast<std::byte*>(address),
                                   [length](std::byte* start) { munmap(start, length); });
  return FileBytes{std::move(bytes), size};
}

void read_ahead(const std::byte* begin, int64_t size) {
  static const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto address = reinterpret_cast<uintptr_t>(begin);
  const uintptr_t start = address / page * page;
  // A hint: where it fails, the bytes are read when they are needed.
  madvise(reinterpret_cast<void*>(start), address - start + static_cast<size_t>(size),
          MADV_WILLNEED);
}

bool is_file(const std::string& path) { return has_mode(path, S_IFREG); }

bool is_directory(const std::string& path) { return has_mode(path, S_IFDIR); }

Expected<int64_t> file_size(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return system_error(path, "read");
  return static_cast<int64_t>(status.st_size);
}

Status create_directories(const std::string& path) {
  for (size_t end = path.empty() ? 0 : 1; end < path.size(); ++end) {
    end = std::min(path.find('/', end), path.size());
    const std::string directory = path.substr(0, end);
    if (mkdir(directory.c_str(), 0777) == 0 || is_directory(directory)) continue;
    return system_error(directory, "make the directory");
  }
  return ok();
}

Status check_appendable(const std::string& path) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return system_error(path, "create");
  close(descriptor);
  return ok();
}

Status append_behind(const std::string& path, int64_t length, std::string_view text) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return system_error(path, "create");
  Status status = ok();
  if (ftruncate(descriptor, length) != 0 || lseek(descriptor, length, SEEK_SET) != length) {
    status = system_error(path, "cut");
  } else {
    status = write_all(descriptor, path, text.data(), static_cast<int64_t>(text.size()));
  }
  close(descriptor);
  return status;
}

Status remove_file(const std::string& path) {
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return ok();
  return system_error(path, "remove");
}

Expected<AtomicFile> AtomicFile::create(const std::string& path) {
  // The process id keeps two programs that save to one name from sharing a temporary file.
  const std::string temporary = path + kTemporary + std::to_string(getpid());
  const int descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return system_error(path, "create");
  return AtomicFile(path, temporary, descriptor);
}

Status AtomicFile::remove_abandoned(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string prefix = path.substr(slash == std::string::npos ? 0 : slash + 1) + kTemporary;
  const std::string directory = directory_of(path);
  DIR* const stream = opendir(directory.c_str());
  if (stream == nullptr) return system_error(directory, "open");
  while (const dirent* entry = readdir(stream)) {
    if (std::string_view(entry->d_name).starts_with(prefix)) {
      unlink((directory + "/" + entry->d_name).c_str());
    }
  }
  closedir(stream);
  return ok();
}

AtomicFile::AtomicFile(std::string path, std::string temporary, int descriptor)
    : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  unlink(temporary_.c_str());
}

Diagnostic AtomicFile::failure(const char* action) const { return system_error(path_, action); }

Status AtomicFile::write(const void* bytes, int64_t size) {
  return write_all(descriptor_, path_, bytes, size);
}

Status AtomicFile::commit() {
  if (fsync(descriptor_) != 0) return failure("flush");
  if (rename(temporary_.c_str(), path_.c_str()) != 0) return failure("rename into place");
  close(std::exchange(descriptor_, -1));
  flush_directory_of(path_);
  return ok();
}

Status write_file(const std::string& path, std::span<const std::byte> bytes) {
  KILN_ASSIGN(AtomicFile file, AtomicFile::create(path));
  KILN_TRY(file.write(bytes.data(), static_cast<int64_t>(bytes.size())));
  return file.commit();
}

}  // namespace kiln::runtime
