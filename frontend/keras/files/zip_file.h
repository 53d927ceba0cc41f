// Zip archives through libzip: read without trusting them, written reproducibly.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/base/file.h"

struct zip;  // libzip's

namespace kiln::keras {

/// An archive that is open for reading.
class ZipFile {
 public:
  static Expected<ZipFile> open(const std::string& path);

  bool has(const std::string& entry) const;
  /// An entry's bytes, checked against its checksum. An entry that would unpack to more than
  /// `limit` bytes, or to far more than its part of the archive, is refused.
  Expected<std::vector<std::byte>> read(const std::string& entry, uint64_t limit) const;

 private:
  struct Close {
    void operator()(zip* archive) const;
  };
  ZipFile(std::string path, runtime::FileBytes bytes, std::unique_ptr<zip, Close> archive);
  Diagnostic bad(const std::string& entry, const std::string& problem) const;

  std::string path_;
  runtime::FileBytes bytes_;  // before the archive, which reads from it
  std::unique_ptr<zip, Close> archive_;
};

/// One entry of an archive to be written.
struct ZipPart {
  std::string name;
  std::span<const std::byte> bytes;
};

/// Writes an archive of stored entries, atomically. The same entries give the same bytes.
Status write_zip(const std::string& path, const std::vector<ZipPart>& parts);

}  // namespace kiln::keras
