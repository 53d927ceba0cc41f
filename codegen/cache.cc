#include "codegen/cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <system_error>
#include <utility>
#include <vector>

namespace kiln::codegen {
namespace {

namespace fs = std::filesystem;

/// XXH3 of 128 bits, over parts.
class Hash {
 public:
  Hash() { XXH3_128bits_reset(&state_); }
  void update(std::string_view bytes) { XXH3_128bits_update(&state_, bytes.data(), bytes.size()); }
  XXH128_hash_t digest() const { return XXH3_128bits_digest(&state_); }

 private:
  XXH3_state_t state_;
};

/// Follows the object in its file. At the end, so that tools read the file as the ELF that it is.
struct Trailer {
  char magic[8];
  uint64_t size;
  int64_t temporary_bytes;
  uint64_t hash[2];
};
constexpr char kMagic[9] = "KILNOBJ3";

Trailer trailer_of(const ObjectFile& object) {
  Hash hash;
  hash.update(fmt::format("{}:", object.temporary_bytes));
  hash.update(object.bytes);
  const auto [low, high] = hash.digest();
  Trailer trailer{{}, object.bytes.size(), object.temporary_bytes, {low, high}};
  std::memcpy(trailer.magic, kMagic, sizeof trailer.magic);
  return trailer;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

/// Writes a new file, whose name gets its last six characters from the system; removes it again
/// where that fails.
bool write_new_file(std::string& name_template, std::initializer_list<std::string_view> parts) {
  const int descriptor = mkostemp(name_template.data(), O_CLOEXEC);
  if (descriptor < 0) return false;
  bool written = true;
  for (std::string_view part : parts) written = written && write_all(descriptor, part);
  written = close(descriptor) == 0 && written;
  if (!written) unlink(name_template.c_str());
  return written;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

std::string content_hash(std::initializer_list<std::string_view> parts) {
  Hash hash;
  for (std::string_view part : parts) {
    hash.update(fmt::format("{}:", part.size()));
    hash.update(part);
  }
  const auto [low, high] = hash.digest();
  return fmt::format("{:016x}{:016x}", high, low);
}

std::optional<std::string> read_bytes(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  std::optional<std::string> bytes;
  struct stat status {};
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
    bytes.emplace(static_cast<size_t>(status.st_size), '\0');
    size_t size = 0;
    for (ssize_t got = 1; got > 0 && size < bytes->size();
         size += static_cast<size_t>(std::max<ssize_t>(got, 0))) {
      got = read(descriptor, bytes->data() + size, bytes->size() - size);
    }
    if (size != bytes->size()) bytes.reset();
  }
  close(descriptor);
  return bytes;
}

Cache Cache::of_user(const std::string& kind) {
  if (const std::string own = variable("KILN_CACHE"); !own.empty()) return Cache(own + "/" + kind);
  std::string base = variable("XDG_CACHE_HOME");
  if (base.empty()) {
    const std::string home = variable("HOME");
    if (home.empty()) return Cache();
    base = home + "/.cache";
  }
  return Cache(base + "/kiln/" + kind);
}

std::optional<ObjectFile> Cache::find(const std::string& name) const {
  if (directory_.empty()) return std::nullopt;
  std::optional<std::string> bytes = read_bytes(path(name));
  Trailer trailer;
  if (!bytes || bytes->size() < sizeof trailer) return std::nullopt;
  const size_t size = bytes->size() - sizeof trailer;
  std::memcpy(&trailer, bytes->data() + size, sizeof trailer);
  bytes->resize(size);
  ObjectFile object{name, std::move(*bytes), trailer.temporary_bytes};
  const Trailer whole = trailer_of(object);
  if (std::memcmp(&trailer, &whole, sizeof trailer) != 0) return std::nullopt;
  if (limit_ > 0) utimensat(AT_FDCWD, path(name).c_str(), nullptr, 0);
  return object;
}

bool Cache::store(const ObjectFile& object) const {
  if (directory_.empty()) return false;
  std::error_code error;
  fs::create_directories(directory_, error);
  if (error) return false;
  const Trailer trailer = trailer_of(object);
  std::string temporary = directory_ + "/." + object.name + "-XXXXXX";
  if (!write_new_file(temporary,
                      {object.bytes, {reinterpret_cast<const char*>(&trailer), sizeof trailer}}))
    return false;
  if (rename(temporary.c_str(), path(object.name).c_str()) != 0) {
    unlink(temporary.c_str());
    return false;
  }
  if (limit_ > 0) remove_oldest();
  return true;
}

void Cache::remove_oldest() const {
  struct Entry {
    fs::file_time_type used;
    fs::path path;
    int64_t bytes;
  };
  std::vector<Entry> entries;
  int64_t bytes = 0;
  std::error_code error;
  // Another process may remove what is listed here.
  for (fs::directory_iterator at(directory_, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code gone;
    const Entry entry{at->last_write_time(gone), at->path(),
                      static_cast<int64_t>(at->file_size(gone))};
    if (gone) continue;
    bytes += entry.bytes;
    entries.push_back(entry);
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (size_t i = 0; i < entries.size() && bytes > limit_; ++i) {
    fs::remove(entries[i].path, error);
    bytes -= entries[i].bytes;
  }
}

}  // namespace kiln::codegen
