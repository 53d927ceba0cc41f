#include "codegen/cache.h"

#include <fcntl.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/SHA256.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

namespace kiln::codegen {
namespace {

using Hash = std::array<uint8_t, 32>;

/// Follows the object in its file. At the end, so that tools read the file as the ELF that it is.
struct Trailer {
  char magic[8];
  uint64_t size;
  int64_t temporary_bytes;
  Hash hash;
};
constexpr char kMagic[9] = "KILNOBJ2";

Hash hash_of(const ObjectFile& object) {
  llvm::SHA256 sha;
  sha.update(std::to_string(object.temporary_bytes) + ":");
  sha.update(object.bytes);
  return sha.final();
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
  llvm::SHA256 sha;
  for (std::string_view part : parts) {
    sha.update(std::to_string(part.size()) + ":");
    sha.update(llvm::StringRef(part));
  }
  return llvm::toHex(sha.final(), /*LowerCase=*/true);
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

Cache Cache::of_user() {
  if (std::string own = variable("KILN_CACHE"); !own.empty()) return Cache(own + "/kernels");
  std::string base = variable("XDG_CACHE_HOME");
  if (base.empty()) {
    const std::string home = variable("HOME");
    if (home.empty()) return Cache();
    base = home + "/.cache";
  }
  return Cache(base + "/kiln/kernels");
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
  const bool whole = std::memcmp(trailer.magic, kMagic, sizeof trailer.magic) == 0 &&
                     trailer.size == size &&
                     object.bytes.starts_with(
                         "\x7f"
                         "ELF") &&
                     trailer.hash == hash_of(object);
  if (!whole) return std::nullopt;
  return object;
}

bool Cache::store(const ObjectFile& object) const {
  if (directory_.empty()) return false;
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) return false;
  Trailer trailer{{}, object.bytes.size(), object.temporary_bytes, hash_of(object)};
  std::memcpy(trailer.magic, kMagic, sizeof trailer.magic);
  std::string temporary = directory_ + "/." + object.name + "-XXXXXX";
  if (!write_new_file(temporary,
                      {object.bytes, {reinterpret_cast<const char*>(&trailer), sizeof trailer}}))
    return false;
  if (rename(temporary.c_str(), path(object.name).c_str()) == 0) return true;
  unlink(temporary.c_str());
  return false;
}

}  // namespace kiln::codegen
