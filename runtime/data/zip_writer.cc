#include "runtime/data/zip_writer.h"

#include <zlib.h>

#include <string_view>
#include <utility>

#include "runtime/base/abi.h"

namespace kiln::runtime {
namespace {

// "Resource alignment" of Apache Commons Compress: an extra field that only takes up space.
constexpr uint16_t kAlignmentExtra = 0xa11e;

constexpr uint16_t kVersion20 = 20;
constexpr uint16_t kVersionZip64 = 45;
constexpr uint16_t kMadeByUnix = 3 << 8;
constexpr uint32_t kOwnerMayWrite = 0644u << 16;        // the mode of a file that unzip makes
constexpr uint16_t kFirstOfJanuary1980 = (1 << 5) | 1;  // the same bytes whenever it is written

bool all_ascii(std::string_view text) {
  for (const char character : text) {
    if (static_cast<unsigned char>(character) >= 0x80) return false;
  }
  return true;
}

// Bytes of a zip structure as they are put together.
class Record {
 public:
  Record& u16(uint64_t value) { return append(value, 2); }
  Record& u32(uint64_t value) { return append(value, 4); }
  Record& u64(uint64_t value) { return append(value, 8); }
  Record& text(std::string_view value) {
    bytes_ += value;
    return *this;
  }
  Record& zeros(size_t count) {
    bytes_.append(count, '\0');
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  Record& append(uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xff);
    return *this;
  }

  std::string bytes_;
};

/// The fields that a local header and a central record share.
void append_shared(Record& record, const ZipEntry& entry, uint16_t version) {
  record.u16(version).u16(entry.flags).u16(kStored).u16(0).u16(kFirstOfJanuary1980);
  record.u32(entry.checksum);
  const bool large = entry.size >= kIn64;
  record.u32(large ? kIn64 : entry.size).u32(large ? kIn64 : entry.size);
  record.u16(entry.name.size());
}

}  // namespace

Expected<ZipWriter> ZipWriter::create(const std::string& path) {
  KILN_ASSIGN(AtomicFile file, AtomicFile::create(path));
  return ZipWriter(std::move(file));
}

Status ZipWriter::add(const std::string& name,
                      std::initializer_list<std::span<const std::byte>> parts) {
  ZipEntry entry;
  entry.name = name;
  entry.flags = all_ascii(name) ? 0 : kUtf8Flag;
  entry.header_offset = position_;
  uLong checksum = 0;
  for (const std::span<const std::byte> part : parts) {
    if (part.empty()) continue;  // of which zlib would begin anew
    entry.size += part.size();
    checksum = crc32_z(checksum, reinterpret_cast<const Bytef*>(part.data()), part.size());
  }
  entry.compressed_size = entry.size;
  entry.checksum = static_cast<uint32_t>(checksum);
  KILN_TRY(write(local_header(entry)));
  for (const std::span<const std::byte> part : parts)
    KILN_TRY(file_.write(part.data(), static_cast<int64_t>(part.size())));
  position_ += entry.size;
  entries_.push_back(std::move(entry));
  return ok();
}

Status ZipWriter::finish() {
  const uint64_t start = position_;
  for (const ZipEntry& entry : entries_) KILN_TRY(write(central_record(entry)));
  KILN_TRY(write(end_records(start, position_ - start)));
  return file_.commit();
}

Status ZipWriter::write(const std::string& bytes) {
  position_ += bytes.size();
  return file_.write(bytes.data(), static_cast<int64_t>(bytes.size()));
}

/// Padded so that the entry, and with it the array, starts at a multiple of KILN_ALIGNMENT in the
/// file: then it can be used in place when the file is mapped.
std::string ZipWriter::local_header(const ZipEntry& entry) const {
  const bool large = entry.size >= kIn64;
  const size_t zip64_bytes = large ? 20 : 0;
  const size_t before_padding = position_ + kLocalSize + entry.name.size() + zip64_bytes + 6;
  const size_t padding = (KILN_ALIGNMENT - before_padding % KILN_ALIGNMENT) % KILN_ALIGNMENT;
  Record record;
  record.u32(kLocalSignature);
  append_shared(record, entry, large ? kVersionZip64 : kVersion20);
  record.u16(zip64_bytes + 6 + padding).text(entry.name);
  if (large) record.u16(kZip64Extra).u16(16).u64(entry.size).u64(entry.size);
  record.u16(kAlignmentExtra).u16(2 + padding).u16(KILN_ALIGNMENT).zeros(padding);
  return record.bytes();
}

std::string ZipWriter::central_record(const ZipEntry& entry) {
  Record zip64;
  if (entry.size >= kIn64) zip64.u64(entry.size).u64(entry.size);
  if (entry.header_offset >= kIn64) zip64.u64(entry.header_offset);
  const size_t zip64_size = zip64.bytes().size();
  const uint16_t version = zip64_size > 0 ? kVersionZip64 : kVersion20;
  Record record;
  record.u32(kCentralSignature).u16(kMadeByUnix | version);
  append_shared(record, entry, version);
  record.u16(zip64_size > 0 ? zip64_size + 4 : 0).u16(0).u16(0).u16(0).u32(kOwnerMayWrite);
  record.u32(entry.header_offset >= kIn64 ? kIn64 : entry.header_offset).text(entry.name);
  if (zip64_size > 0) record.u16(kZip64Extra).u16(zip64_size).text(zip64.bytes());
  return record.bytes();
}

std::string ZipWriter::end_records(uint64_t start, uint64_t size) const {
  const uint64_t count = entries_.size();
  const bool large = count >= kCountIn64 || start >= kIn64 || size >= kIn64;
  Record record;
  if (large) {
    record.u32(kEnd64Signature).u64(kEnd64Size - 12).u16(kVersionZip64).u16(kVersionZip64);
    record.u32(0).u32(0).u64(count).u64(count).u64(size).u64(start);
    record.u32(kEnd64LocatorSignature).u32(0).u64(start + size).u32(1);
  }
  const uint64_t short_count = large ? kCountIn64 : count;
  record.u32(kEndSignature).u16(0).u16(0).u16(short_count).u16(short_count);
  record.u32(large ? kIn64 : size).u32(large ? kIn64 : start).u16(0);
  return record.bytes();
}

}  // namespace kiln::runtime
