#include "runtime/data/zip_reader.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "runtime/base/array.h"
#include "runtime/base/byte_order.h"
#include "runtime/base/inflate.h"

namespace kiln::runtime {
namespace {

/// Replaces those of the entry's sizes that say kIn64. APPNOTE 4.5.3.
bool read_zip64(const std::byte* extra, int64_t extra_size, ZipEntry& entry) {
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

}  // namespace

/// Where the central directory is.
struct ZipReader::Directory {
  uint64_t entry_count = 0;
  uint64_t offset = 0;
};

Expected<ZipReader> ZipReader::open(const std::string& path, const ZipKind& kind) {
  KILN_ASSIGN(FileBytes file, map_file(path));
  ZipReader reader(path, kind, std::move(file));
  KILN_TRY(reader.read_entries());
  return reader;
}

const ZipEntry* ZipReader::find(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const ZipEntry& entry) { return entry.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

Diagnostic ZipReader::failure(const std::string& message, uint64_t offset) const {
  return {path_, message + ", at byte " + std::to_string(offset),
          std::string("the file is damaged or was cut off: save it again with ") + kind_.writer};
}

/// True where `size` bytes stand at `offset`.
bool ZipReader::holds(uint64_t offset, uint64_t size) const {
  const auto total = static_cast<uint64_t>(file_.size);
  return offset <= total && size <= total - offset;
}

bool ZipReader::has_signature(uint64_t offset, int64_t size, uint32_t signature) const {
  return holds(offset, static_cast<uint64_t>(size)) &&
         load_little<uint32_t>(at(offset)) == signature;
}

Expected<ZipReader::Directory> ZipReader::find_directory() const {
  if (!has_signature(0, 4, kLocalSignature) && !has_signature(0, 4, kEndSignature)) {
    return Diagnostic{
        path_, std::string("is not ") + kind_.name + ": it does not begin as a zip archive does",
        std::string("save ") + kind_.content + " with " + kind_.writer};
  }
  // The end record is last in the file but for a comment of up to 65535 bytes.
  std::optional<uint64_t> end;
  for (int64_t comment = 0; comment <= 0xffff && !end; ++comment) {
    if (file_.size < kEndSize + comment) break;
    const auto offset = static_cast<uint64_t>(file_.size - kEndSize - comment);
    if (has_signature(offset, kEndSize, kEndSignature) &&
        load_little<uint16_t>(at(offset + 20)) == comment)
      end = offset;
  }
  if (!end) return failure("the zip archive has no end record", static_cast<uint64_t>(file_.size));
  Directory directory = {load_little<uint16_t>(at(*end + 10)),
                         load_little<uint32_t>(at(*end + 16))};
  if (directory.entry_count != kCountIn64 && directory.offset != kIn64) return directory;
  const uint64_t locator = *end - static_cast<uint64_t>(kEnd64LocatorSize);
  if (*end < static_cast<uint64_t>(kEnd64LocatorSize) ||
      !has_signature(locator, kEnd64LocatorSize, kEnd64LocatorSignature))
    return directory;
  const auto end64 = load_little<uint64_t>(at(locator + 8));
  if (!has_signature(end64, kEnd64Size, kEnd64Signature))
    return failure("the ZIP64 end record is not where the archive says", locator);
  return Directory{load_little<uint64_t>(at(end64 + 32)), load_little<uint64_t>(at(end64 + 48))};
}

Status ZipReader::read_entries() {
  KILN_ASSIGN(const Directory directory, find_directory());
  std::set<std::string> names;
  uint64_t total = 0;
  uint64_t offset = directory.offset;
  for (uint64_t i = 0; i < directory.entry_count; ++i) {
    KILN_ASSIGN(ZipEntry entry, read_entry(offset));
    if (!names.insert(entry.name).second)
      return failure("the archive has two entries called '" + entry.name + "'", offset);
    // Entries that overlap would let a small file expand without limit.
    if (!holds(0, total) || !holds(total, entry.compressed_size))
      return failure("the entries are larger together than the file", offset);
    total += entry.compressed_size;
    offset += entry_bytes(offset);
    entries_.push_back(std::move(entry));
  }
  return ok();
}

/// Of the record in the central directory at `offset`, which is known to be there.
uint64_t ZipReader::entry_bytes(uint64_t offset) const {
  return static_cast<uint64_t>(kCentralSize) + load_little<uint16_t>(at(offset + 28)) +
         load_little<uint16_t>(at(offset + 30)) + load_little<uint16_t>(at(offset + 32));
}

Expected<ZipEntry> ZipReader::read_entry(uint64_t offset) const {
  if (!has_signature(offset, kCentralSize, kCentralSignature) ||
      !holds(offset, entry_bytes(offset)))
    return failure("the zip directory has no entry where one should be", offset);
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
  if (!read_zip64(record + kCentralSize + name_size, extra_size, entry))
    return failure("the ZIP64 sizes of entry '" + entry.name + "' are missing", offset);
  return entry;
}

/// The entry's bytes as they stand in the file.
Expected<uint64_t> ZipReader::data_offset(const ZipEntry& entry) const {
  const uint64_t header = entry.header_offset;
  if (!has_signature(header, kLocalSize, kLocalSignature))
    return failure("entry '" + entry.name + "' does not begin where the directory says", header);
  const uint64_t offset = header + static_cast<uint64_t>(kLocalSize) +
                          load_little<uint16_t>(at(header + 26)) +
                          load_little<uint16_t>(at(header + 28));
  if (!holds(offset, entry.compressed_size))
    return failure("entry '" + entry.name + "' goes on behind the end of the file", header);
  return offset;
}

Expected<std::shared_ptr<std::byte>> ZipReader::read(const ZipEntry& entry) const {
  const std::string advice = std::string("save it again with ") + kind_.writer;
  if ((entry.flags & kEncryptedFlag) != 0) return Diagnostic{where(entry), "is encrypted", advice};
  if (entry.method != kStored && entry.method != kDeflated) {
    return Diagnostic{where(entry), "unknown compression method " + std::to_string(entry.method),
                      advice};
  }
  KILN_ASSIGN(const uint64_t offset, data_offset(entry));
  std::shared_ptr<std::byte> bytes(file_.bytes, file_.bytes.get() + offset);
  if (entry.method == kDeflated) {
    KILN_ASSIGN(bytes, inflate_entry(entry, offset));
  } else if (entry.compressed_size != entry.size) {
    return failure("entry '" + entry.name + "' has two sizes", entry.header_offset);
  }
  const auto checksum =
      static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.get()), entry.size));
  if (checksum != entry.checksum)
    return failure("entry '" + entry.name + "' does not match its checksum", offset);
  return bytes;
}

Expected<std::shared_ptr<std::byte>> ZipReader::inflate_entry(const ZipEntry& entry,
                                                              uint64_t offset) const {
  const auto compressed = static_cast<int64_t>(entry.compressed_size);
  if (entry.size > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) ||
      !can_inflate_to(compressed, static_cast<int64_t>(entry.size))) {
    return failure("entry '" + entry.name + "' claims " + std::to_string(entry.size) +
                       " bytes, more than its " + std::to_string(compressed) +
                       " compressed bytes can hold",
                   entry.header_offset);
  }
  const auto size = static_cast<int64_t>(entry.size);
  KILN_ASSIGN(const Array plain, try_allocate(where(entry), KILN_U8, {size}));
  Inflater inflater(where(entry), Inflater::Format::kDeflate, {at(offset), entry.compressed_size});
  KILN_TRY(inflater.read({plain.data(), entry.size}));
  KILN_TRY(inflater.finish());
  return plain.storage;
}

}  // namespace kiln::runtime
