// Zip archives of stored entries: those of .npz and of .keras files.
// Source: PKWARE's APPNOTE.TXT 6.3.10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/base/file.h"
#include "runtime/data/zip_format.h"

namespace kiln::runtime {

/// An archive that appears under its name only when finish() has succeeded: a reader, also after a
/// crash, sees the old file or the new one in full. The same entries give the same bytes. Entries
/// start at multiples of KILN_ALIGNMENT in the file, so that they can be used in place when it is
/// mapped. ZIP64 where sizes need it.
class ZipWriter {
 public:
  static Expected<ZipWriter> create(const std::string& path);

  /// Adds an entry whose bytes are those of `parts`, one after the other. A zip archive counts a
  /// name's bytes in 16 bits.
  Status add(const std::string& name, std::initializer_list<std::span<const std::byte>> parts);
  Status finish();

 private:
  explicit ZipWriter(AtomicFile file) : file_(std::move(file)) {}
  Status write(const std::string& bytes);
  std::string local_header(const ZipEntry& entry) const;
  static std::string central_record(const ZipEntry& entry);
  std::string end_records(uint64_t start, uint64_t size) const;

  AtomicFile file_;
  std::vector<ZipEntry> entries_;
  uint64_t position_ = 0;
};

}  // namespace kiln::runtime
