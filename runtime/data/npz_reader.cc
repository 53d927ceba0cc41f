// load_npz() of npz.h.
#include <zlib.h>

#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "runtime/base/byte_order.h"
#include "runtime/base/file.h"
#include "runtime/base/inflate.h"
#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "runtime/data/zip_format.h"

namespace kiln::runtime {
namespace {

// Where the central directory is.
struct Directory {
  uint64_t entry_count = 0;
  uint64_t offset = 0;
};

bool ends_with_npy(std::string_view name) {
  return name.size() >= kNpySuffix.size() &&
         name.substr(name.size() - kNpySuffix.size()) == kNpySuffix;
}

class ArchiveReader {
 public:
  ArchiveReader(const std::string& path, FileBytes file) : path_(path), file_(std::move(file)) {}

  Expected<std::vector<NamedArray>> read(
      const std::function<bool(const std::string& name)>& wanted) {
    KILN_ASSIGN(const std::vector<ZipEntry> entries, read_entries());
    std::vector<NamedArray> arrays;
    for (const ZipEntry& entry : entries) {
      if (!ends_with_npy(entry.name)) continue;
      const std::string name = entry.name.substr(0, entry.name.size() - kNpySuffix.size());
      if (!wanted(name)) continue;
      KILN_ASSIGN(Array array, read_array(entry));
      arrays.push_back({name, std::move(array)});
    }
    return arrays;
  }

 private:
  Diagnostic failure(const std::string& message, uint64_t offset) const {
    return {path_, message + ", at byte " + std::to_string(offset),
            "the file is damaged or was cut off: save it again with numpy.savez"};
  }

  // True where `size` bytes stand at `offset`.
  bool holds(uint64_t offset, uint64_t size) const {
    const auto total = static_cast<uint64_t>(file_.size);
    return offset <= total && size <= total - offset;
  }

  const std::byte* at(uint64_t offset) const { return file_.bytes.get() + offset; }

  bool has_signature(uint64_t offset, int64_t size, uint32_t signature) const {
    return holds(offset, static_cast<uint64_t>(size)) &&
           load_little<uint32_t>(at(offset)) == signature;
  }

  // The end record is last in the file but for a comment of up to 65535 bytes.
  std::optional<int64_t> find_end() const {
    for (int64_t comment = 0; comment <= 0xffff; ++comment) {
      const int64_t offset = file_.size - kEndSize - comment;
      if (offset < 0) break;
      const auto position = static_cast<uint64_t>(offset);
      if (has_signature(position, kEndSize, kEndSignature) &&
          load_little<uint16_t>(at(position + 20)) == comment) {
        return offset;
      }
    }
    return std::nullopt;
  }

  Expected<Directory> find_directory() const {
    if (!has_signature(0, 4, kLocalSignature) && !has_signature(0, 4, kEndSignature)) {
      return Diagnostic{path_, "is not an .npz file: it does not begin as a zip archive does",
                        "save the arrays with numpy.savez"};
    }
    const std::optional<int64_t> found = find_end();
    if (!found) {
      return failure("the zip archive has no end record", static_cast<uint64_t>(file_.size));
    }
    const auto end = static_cast<uint64_t>(*found);
    Directory directory = {load_little<uint16_t>(at(end + 10)),
                           load_little<uint32_t>(at(end + 16))};
    if (directory.entry_count != kCountIn64 && directory.offset != kIn64) return directory;
    const uint64_t locator = end - static_cast<uint64_t>(kEnd64LocatorSize);
    if (end < static_cast<uint64_t>(kEnd64LocatorSize) ||
        !has_signature(locator, kEnd64LocatorSize, kEnd64LocatorSignature)) {
      return directory;
    }
    const auto end64 = load_little<uint64_t>(at(locator + 8));
    if (!has_signature(end64, kEnd64Size, kEnd64Signature)) {
      return failure("the ZIP64 end record is not where the archive says", locator);
    }
    return Directory{load_little<uint64_t>(at(end64 + 32)), load_little<uint64_t>(at(end64 + 48))};
  }

  Expected<std::vector<ZipEntry>> read_entries() const {
    KILN_ASSIGN(const Directory directory, find_directory());
    std::vector<ZipEntry> entries;
    std::set<std::string> names;
    uint64_t total = 0;
    uint64_t offset = directory.offset;
    for (uint64_t i = 0; i < directory.entry_count; ++i) {
      KILN_ASSIGN(ZipEntry entry, read_entry(offset));
      if (!names.insert(entry.name).second) {
        return failure("the archive has two entries called '" + entry.name + "'", offset);
      }
      // Entries that overlap would let a small file expand without limit.
      if (!holds(0, total) || !holds(total, entry.compressed_size)) {
        return failure("the entries are larger together than the file", offset);
      }
      total += entry.compressed_size;
      offset += entry_bytes(offset);
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  // Of the record in the central directory at `offset`, which is known to be there.
  uint64_t entry_bytes(uint64_t offset) const {
    return static_cast<uint64_t>(kCentralSize) + load_little<uint16_t>(at(offset + 28)) +
           load_little<uint16_t>(at(offset + 30)) + load_little<uint16_t>(at(offset + 32));
  }

  Expected<ZipEntry> read_entry(uint64_t offset) const {
    if (!has_signature(offset, kCentralSize, kCentralSignature) ||
        !holds(offset, entry_bytes(offset))) {
      return failure("the zip directory has no entry where one should be", offset);
    }
    const std::byte* record = at(offset);
    ZipEntry entry;
    entry.flags = load_little<uint16_t>(record + 8);
    entry.method = load_little<uint16_t>(record + 10);
    entry.checksum = load_little<uint32_t>(record + 16);
    entry.compressed_size = load_little<uint32_t>(record + 20);
    entry.size = load_little<uint32_t>(record + 24);
    entry.header_offset = load_little<uint32_t>(record + 42);
    const auto name_size = load_little<uint16_t>(record + 28);
    const auto extra_size = load_little<uint16_t>(record + 30);
    entry.name.assign(reinterpret_cast<const char*>(record + kCentralSize), name_size);
    if (!read_zip64(record + kCentralSize + name_size, extra_size, entry)) {
      return failure("the ZIP64 sizes of entry '" + entry.name + "' are missing", offset);
    }
    return entry;
  }

  // Replaces those of the entry's sizes that say kIn64. APPNOTE 4.5.3.
  static bool read_zip64(const std::byte* extra, int64_t extra_size, ZipEntry& entry) {
    uint64_t* wanted[] = {&entry.size, &entry.compressed_size, &entry.header_offset};
    int64_t missing = 0;
    for (const uint64_t* value : wanted) missing += *value == kIn64 ? 1 : 0;
    while (missing > 0 && extra_size >= 4) {
      const auto id = load_little<uint16_t>(extra);
      const auto size = load_little<uint16_t>(extra + 2);
      if (size > extra_size - 4) return false;
      if (id == kZip64Extra) {
        if (size < 8 * missing) return false;
        const std::byte* next = extra + 4;
        for (uint64_t* value : wanted) {
          if (*value != kIn64) continue;
          *value = load_little<uint64_t>(next);
          next += 8;
        }
        return true;
      }
      extra += 4 + size;
      extra_size -= 4 + size;
    }
    return missing == 0;
  }

  // The entry's bytes as they stand in the file.
  Expected<uint64_t> data_offset(const ZipEntry& entry) const {
    const uint64_t header = entry.header_offset;
    if (!has_signature(header, kLocalSize, kLocalSignature)) {
      return failure("entry '" + entry.name + "' does not begin where the directory says", header);
    }
    const uint64_t offset = header + static_cast<uint64_t>(kLocalSize) +
                            load_little<uint16_t>(at(header + 26)) +
                            load_little<uint16_t>(at(header + 28));
    if (!holds(offset, entry.compressed_size)) {
      return failure("entry '" + entry.name + "' goes on behind the end of the file", header);
    }
    return offset;
  }

  Expected<Array> read_array(const ZipEntry& entry) const {
    const std::string where = path_ + "(" + entry.name + ")";
    if ((entry.flags & kEncryptedFlag) != 0) {
      return Diagnostic{where, "is encrypted", "save it again with numpy.savez"};
    }
    if (entry.method != kStored && entry.method != kDeflated) {
      return Diagnostic{where, "unknown compression method " + std::to_string(entry.method),
                        "save it again with numpy.savez or numpy.savez_compressed"};
    }
    KILN_ASSIGN(const uint64_t offset, data_offset(entry));
    std::shared_ptr<std::byte> bytes(file_.bytes, file_.bytes.get() + offset);
    if (entry.method == kDeflated) {
      KILN_ASSIGN(bytes, inflate_entry(where, entry, offset));
    } else if (entry.compressed_size != entry.size) {
      return failure("entry '" + entry.name + "' has two sizes", entry.header_offset);
    }
    const auto checksum =
        static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.get()), entry.size));
    if (checksum != entry.checksum) {
      return failure("entry '" + entry.name + "' does not match its checksum", offset);
    }
    return parse_npy(where, std::move(bytes), static_cast<int64_t>(entry.size));
  }

  Expected<std::shared_ptr<std::byte>> inflate_entry(const std::string& where,
                                                     const ZipEntry& entry, uint64_t offset) const {
    const auto compressed = static_cast<int64_t>(entry.compressed_size);
    if (entry.size > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) ||
        !can_inflate_to(compressed, static_cast<int64_t>(entry.size))) {
      return failure("entry '" + entry.name + "' claims " + std::to_string(entry.size) +
                         " bytes, more than its " + std::to_string(compressed) +
                         " compressed bytes can hold",
                     entry.header_offset);
    }
    const auto size = static_cast<int64_t>(entry.size);
    KILN_ASSIGN(const Array plain, try_allocate(where, KILN_U8, {size}));
    Inflater inflater(where, Inflater::Format::kDeflate, {at(offset), entry.compressed_size});
    KILN_TRY(inflater.read({plain.data(), entry.size}));
    KILN_TRY(inflater.finish());
    return plain.storage;
  }

  const std::string& path_;
  FileBytes file_;
};

}  // namespace

Expected<std::vector<NamedArray>> load_npz(const std::string& path) {
  return load_npz_if(path, [](const std::string&) { return true; });
}

Expected<std::vector<NamedArray>> load_npz_if(
    const std::string& path, const std::function<bool(const std::string& name)>& wanted) {
  KILN_ASSIGN(FileBytes file, map_file(path));
  return ArchiveReader(path, std::move(file)).read(wanted);
}

const Array* find_array(const std::vector<NamedArray>& arrays, const std::string& name) {
  for (const NamedArray& named : arrays) {
    if (named.name == name) return &named.array;
  }
  return nullptr;
}

}  // namespace kiln::runtime
