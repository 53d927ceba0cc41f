// Keras's .keras archives: zip files of a model's definition, its weights and its optimizer's
// state.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/expected.h"
#include "runtime/data/zip_reader.h"

namespace kiln::runtime {

inline constexpr const char* kArchiveConfig = "config.json";
inline constexpr const char* kArchiveMetadata = "metadata.json";
inline constexpr const char* kArchiveWeights = "model.weights.h5";

/// An entry's bytes.
struct ArchiveEntry {
  std::shared_ptr<std::byte> bytes;
  size_t size = 0;
};

/// Opens an archive.
Expected<ZipReader> open_archive(const std::string& path);

/// Reads an entry, which must be there. One that would unpack to more than `limit` bytes, or to far
/// more than its part of the archive, is refused.
Expected<ArchiveEntry> read_archive_entry(const ZipReader& archive, const std::string& path,
                                          const std::string& name,
                                          uint64_t limit = uint64_t{1} << 40);

/// Whether the zip file is one, and not one of other things (.npz).
bool is_archive(const std::string& path);

}  // namespace kiln::runtime
