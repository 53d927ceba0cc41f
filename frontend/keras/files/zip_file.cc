#include "frontend/keras/files/zip_file.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <new>
#include <utility>

namespace kiln::keras {
namespace {

// Deflate packs a thousandfold at most, and weights hardly at all: a large entry that claims to
// unpack to a hundred times its bytes in the archive is there to fill memory.
constexpr uint64_t kUnsuspicious = uint64_t{256} << 20;
constexpr uint64_t kMaxExpansion = 100;

/// The first of January 1980, the earliest date of a zip archive.
constexpr zip_uint16_t kDate = (1 << 5) | 1;

class Error {
 public:
  Error() { zip_error_init(&error_); }
  Error(const Error&) = delete;
  Error& operator=(const Error&) = delete;
  ~Error() { zip_error_fini(&error_); }

  zip_error_t* get() { return &error_; }
  std::string text() { return zip_error_strerror(&error_); }

 private:
  zip_error_t error_;
};

struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};

/// Reads exactly bytes.size() bytes and the end after them, where libzip compares the checksum.
bool read_all(zip_file_t* entry, std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const zip_int64_t count = zip_fread(entry, bytes.data(), bytes.size());
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  std::byte more;
  return zip_fread(entry, &more, 1) == 0;
}

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Source = std::unique_ptr<zip_source_t, FreeSource>;

bool add(zip_t* archive, const ZipPart& part) {
  zip_source_t* source = zip_source_buffer(archive, part.bytes.data(), part.bytes.size(), 0);
  if (source == nullptr) return false;
  const zip_int64_t index = zip_file_add(archive, part.name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return false;
  }
  const auto entry = static_cast<zip_uint64_t>(index);
  return zip_set_file_compression(archive, entry, ZIP_CM_STORE, 0) == 0 &&
         zip_file_set_dostime(archive, entry, 0, kDate, 0) == 0;
}

/// The bytes that were written to a memory source.
Expected<std::vector<std::byte>> bytes_of(zip_source_t* source, const std::string& path) {
  const Diagnostic error{path, "the archive could not be put together", ""};
  if (zip_source_open(source) != 0) return error;
  zip_source_seek(source, 0, SEEK_END);
  const zip_int64_t size = zip_source_tell(source);
  zip_source_seek(source, 0, SEEK_SET);
  std::vector<std::byte> bytes(static_cast<size_t>(std::max<zip_int64_t>(size, 0)));
  const zip_int64_t count = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (count != size) return error;
  return bytes;
}

}  // namespace

void ZipFile::Close::operator()(zip* archive) const { zip_discard(archive); }

ZipFile::ZipFile(std::string path, runtime::FileBytes bytes, std::unique_ptr<zip, Close> archive)
    : path_(std::move(path)), bytes_(std::move(bytes)), archive_(std::move(archive)) {}

Diagnostic ZipFile::bad(const std::string& entry, const std::string& problem) const {
  return {path_, fmt::format("{} {}", entry, problem),
          "the file is damaged, or not one of Keras's"};
}

Expected<ZipFile> ZipFile::open(const std::string& path) {
  KILN_ASSIGN(runtime::FileBytes bytes, runtime::map_file(path));
  Error error;
  zip_source_t* source = zip_source_buffer_create(
      bytes.bytes.get(), static_cast<zip_uint64_t>(bytes.size), 0, error.get());
  zip_t* archive =
      source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, error.get());
  if (archive == nullptr) {
    if (source != nullptr) zip_source_free(source);
    return Diagnostic{path,
                      fmt::format("is not a zip archive as Keras writes them: {}", error.text()),
                      "write the file with Keras's save()"};
  }
  return ZipFile(path, std::move(bytes), std::unique_ptr<zip, Close>(archive));
}

bool ZipFile::has(const std::string& entry) const {
  return zip_name_locate(archive_.get(), entry.c_str(), 0) >= 0;
}

Expected<std::vector<std::byte>> ZipFile::read(const std::string& entry, uint64_t limit) const {
  zip_stat_t status;
  if (zip_stat(archive_.get(), entry.c_str(), 0, &status) != 0)
    return bad(entry, "is not in the archive");
  constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_INDEX;
  if ((status.valid & kNeeded) != kNeeded) return bad(entry, "has no size");
  const bool bomb = status.size > kUnsuspicious && status.size / kMaxExpansion > status.comp_size;
  if (bomb || status.size > limit || status.comp_size > static_cast<uint64_t>(bytes_.size)) {
    return bad(entry, fmt::format("claims to hold {} bytes, packed into {}", status.size,
                                  status.comp_size));
  }
  const std::unique_ptr<zip_file_t, CloseEntry> file(
      zip_fopen_index(archive_.get(), status.index, 0));
  if (!file) return bad(entry, fmt::format("cannot be read: {}", zip_strerror(archive_.get())));
  try {
    std::vector<std::byte> bytes(status.size);
    if (!read_all(file.get(), bytes)) return bad(entry, "cannot be unpacked");
    return bytes;
  } catch (const std::bad_alloc&) {
    return bad(entry, fmt::format("does not fit into memory: {} bytes", status.size));
  }
}

Status write_zip(const std::string& path, const std::vector<ZipPart>& parts) {
  Error error;
  const auto failed = [&](const std::string& reason) {
    return Diagnostic{path, "cannot be written: " + reason, ""};
  };
  const Source memory(zip_source_buffer_create(nullptr, 0, 0, error.get()));
  if (!memory) return failed(error.text());
  zip_t* archive = zip_open_from_source(memory.get(), ZIP_CREATE | ZIP_TRUNCATE, error.get());
  if (archive == nullptr) return failed(error.text());
  zip_source_keep(memory.get());  // the archive takes one reference with it
  const bool added = std::all_of(parts.begin(), parts.end(),
                                 [&](const ZipPart& part) { return add(archive, part); });
  if (!added || zip_close(archive) != 0) {
    const std::string reason = zip_strerror(archive);
    zip_discard(archive);
    return failed(reason);
  }
  KILN_ASSIGN(const std::vector<std::byte> bytes, bytes_of(memory.get(), path));
  return runtime::write_file(path, bytes);
}

}  // namespace kiln::keras
