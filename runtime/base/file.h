// Files as the data readers see them: whole and memory-mapped, or written atomically.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// The bytes of a file. They are mapped privately: writable, but nothing reaches the file. The last
/// copy of `bytes` (or of a pointer that shares its ownership) unmaps them.
struct FileBytes {
  std::shared_ptr<std::byte> bytes;  ///< page-aligned; not null, even for an empty file
  int64_t size = 0;
};

/// Maps a regular file. Errors name it and say what the system said.
Expected<FileBytes> map_file(const std::string& path);

/// Asks the system to read bytes of a mapped file that will be needed soon, while the program goes
/// on. Does nothing to other memory.
void read_ahead(const std::byte* begin, int64_t size);

/// True where `path` is a regular file; true where it is a directory.
bool is_file(const std::string& path);
bool is_directory(const std::string& path);

/// The size of a file in bytes.
Expected<int64_t> file_size(const std::string& path);

/// Makes a directory with those above it, where they are not there yet. "" is the present one.
Status create_directories(const std::string& path);

/// Says whether a file, which is made if need be, can be written. It stays as it is.
Status check_appendable(const std::string& path);

/// Cuts a file, which is made if need be, to its first `length` bytes, and writes `text` behind
/// them.
Status append_behind(const std::string& path, int64_t length, std::string_view text);

/// Removes a file; one that is not there is no error.
Status remove_file(const std::string& path);

/// A file that appears under its name only when commit() has succeeded: written to a temporary file
/// beside it, flushed to the disk, renamed. Without commit() the temporary file is removed.
class AtomicFile {
 public:
  /// Opens the temporary file beside `path`.
  static Expected<AtomicFile> create(const std::string& path);

  /// Removes the temporary files of writers of `path` that were killed.
  static Status remove_abandoned(const std::string& path);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  /// Appends bytes.
  Status write(const void* bytes, int64_t size);

  /// Flushes to the disk and renames over `path`; nothing may be written afterwards.
  Status commit();

 private:
  AtomicFile(std::string path, std::string temporary, int descriptor);
  Diagnostic failure(const char* action) const;

  std::string path_;
  std::string temporary_;
  int descriptor_;
};

/// Writes `bytes` as the whole of `path`, atomically.
Status write_file(const std::string& path, std::span<const std::byte> bytes);

}  // namespace kiln::runtime
