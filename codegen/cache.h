// Compiled objects on disk, found again by the hash of what they were made from.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "codegen/object_code.h"

namespace kiln::codegen {

/// A SHA-256 of the parts, each with its length, as 64 hexadecimal digits.
std::string content_hash(std::initializer_list<std::string_view> parts);

/// A folder of object files. An entry is an ELF object followed by a trailer with its length, what
/// else is known of it, and a hash: a damaged one counts as absent. Entries appear whole, so any
/// number of processes may share the folder. Since it only saves time, nothing here fails: what
/// cannot be read is compiled again, what cannot be written is not kept.
class Cache {
 public:
  /// Without a folder: finds nothing, keeps nothing.
  Cache() = default;
  explicit Cache(std::string directory) : directory_(std::move(directory)) {}
  /// The user's: $KILN_CACHE/kernels, or kiln/kernels below $XDG_CACHE_HOME or $HOME/.cache.
  static Cache of_user();

  /// Empty where there is no folder.
  const std::string& directory() const { return directory_; }
  /// The file of an entry.
  std::string path(const std::string& name) const { return directory_ + "/" + name + ".o"; }

  /// The object of that name, if it is there and whole.
  std::optional<ObjectFile> find(const std::string& name) const;
  /// Keeps an object; whether that worked.
  bool store(const ObjectFile& object) const;

 private:
  std::string directory_;
};

/// The bytes of a file; none where it cannot be read.
std::optional<std::string> read_bytes(const std::string& path);

}  // namespace kiln::codegen
