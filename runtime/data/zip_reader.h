// Zip archives, read without trusting them: those of .npz and of .keras files.
// Source: PKWARE's APPNOTE.TXT 6.3.10 (zip), RFC 1951 (deflate).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/base/file.h"
#include "runtime/data/zip_format.h"

namespace kiln::runtime {

/// What archives of a kind are called and who writes them, in messages.
struct ZipKind {
  const char* name;     ///< "an .npz file"
  const char* content;  ///< "the arrays"
  const char* writer;   ///< "numpy.savez"
};

/// An archive that is open for reading.
class ZipReader {
 public:
  /// Reads the directory. Two entries of one name are refused, as are entries that overlap.
  static Expected<ZipReader> open(const std::string& path, const ZipKind& kind);

  /// In the archive's order.
  const std::vector<ZipEntry>& entries() const { return entries_; }
  /// The entry of that name, or null.
  const ZipEntry* find(std::string_view name) const;

  /// The entry.size bytes of an entry, checked against its checksum: a view of the file where they
  /// are stored, else inflated (ZIP64 is understood). Errors name the file, the entry and the
  /// offset.
  Expected<std::shared_ptr<std::byte>> read(const ZipEntry& entry) const;

 private:
  ZipReader(std::string path, const ZipKind& kind, FileBytes file)
      : path_(std::move(path)), kind_(kind), file_(std::move(file)) {}

  Diagnostic failure(const std::string& message, uint64_t offset) const;
  bool holds(uint64_t offset, uint64_t size) const;
  const std::byte* at(uint64_t offset) const { return file_.bytes.get() + offset; }
  bool has_signature(uint64_t offset, int64_t size, uint32_t signature) const;
  Status read_entries();
  Expected<ZipEntry> read_entry(uint64_t offset) const;
  struct Directory;
  Expected<Directory> find_directory() const;
  Expected<uint64_t> data_offset(const ZipEntry& entry) const;
  Expected<std::shared_ptr<std::byte>> inflate_entry(const ZipEntry& entry, uint64_t offset) const;
  uint64_t entry_bytes(uint64_t offset) const;
  std::string where(const ZipEntry& entry) const { return path_ + "(" + entry.name + ")"; }

  std::string path_;
  ZipKind kind_;
  FileBytes file_;
  std::vector<ZipEntry> entries_;
};

}  // namespace kiln::runtime
