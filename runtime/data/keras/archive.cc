#include "runtime/data/keras/archive.h"

#include <span>
#include <utility>

#include "runtime/data/keras/saved_weights.h"

namespace kiln::runtime {
namespace {

// Deflate packs a thousandfold at most, and weights hardly at all: a large entry that claims to
// unpack to a hundred times its bytes in the archive is there to fill memory.
constexpr uint64_t kUnsuspicious = uint64_t{256} << 20;
constexpr uint64_t kMaxExpansion = 100;

}  // namespace

Expected<ZipReader> open_archive(const std::string& path) {
  constexpr ZipKind kKind = {"a .keras file", "the model", "Keras's save()"};
  return ZipReader::open(path, kKind);
}

Expected<ArchiveEntry> read_archive_entry(const ZipReader& archive, const std::string& path,
                                          const std::string& name, uint64_t limit) {
  const auto bad = [&](const std::string& problem) {
    return Diagnostic{path, name + " " + problem, "the file is damaged, or not one of Keras's"};
  };
  const ZipEntry* entry = archive.find(name);
  if (entry == nullptr) return bad("is not in the archive");
  const bool is_bomb =
      entry->size > kUnsuspicious && entry->size / kMaxExpansion > entry->compressed_size;
  if (is_bomb || entry->size > limit) {
    return bad("claims to hold " + std::to_string(entry->size) + " bytes, packed into " +
               std::to_string(entry->compressed_size));
  }
  KILN_ASSIGN(std::shared_ptr<std::byte> bytes, archive.read(*entry));
  return ArchiveEntry{std::move(bytes), static_cast<size_t>(entry->size)};
}

bool is_archive(const std::string& path) {
  const auto archive = open_archive(path);
  return archive &&
         (archive->find(kArchiveConfig) != nullptr || archive->find(kArchiveWeights) != nullptr);
}

Expected<SavedWeights> read_archive_weights(const SavedLayout& layout, const std::string& path,
                                            const LoadingRules& rules) {
  KILN_ASSIGN(const ZipReader archive, open_archive(path));
  if (archive.find(kArchiveWeights) == nullptr && archive.find("model.weights.npz") != nullptr) {
    return Diagnostic{path, "keeps its weights as model.weights.npz, which is not supported",
                      "save the model with Keras's save()"};
  }
  KILN_ASSIGN(const ArchiveEntry entry, read_archive_entry(archive, path, kArchiveWeights));
  const std::string where = path + ": " + kArchiveWeights;
  KILN_ASSIGN(const Hdf5Contents contents, read_hdf5(where, {entry.bytes.get(), entry.size}));
  return parse_weights_h5(layout, where, contents, rules);
}

}  // namespace kiln::runtime
