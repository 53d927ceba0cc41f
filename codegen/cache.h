// Compiled objects on disk, found again by the hash of what they were made from.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "codegen/object_code.h"

namespace kiln::codegen {

/// A hash of the parts, each with its length, as 32 hexadecimal digits: XXH3 of 128 bits, which
/// tells apart what chance makes. Who may write models that share this cache is trusted.
std::string content_hash(std::initializer_list<std::string_view> parts);

/// A folder of files that were made from known parts: objects, as a rule. An entry is its bytes
/// followed by a trailer with their length, what else is known of an object, and a hash: a damaged
/// one counts as absent. Entries appear whole, so any number of processes may share the folder.
/// Since it only saves time, nothing here fails: what cannot be read is made again, what cannot be
/// written is not kept.
class Cache {
 public:
  /// Without a folder: finds nothing, keeps nothing.
  Cache() = default;
  explicit Cache(std::string directory) : directory_(std::move(directory)) {}
  /// The user's for a kind of files: $KILN_CACHE/KIND, or kiln/KIND below $XDG_CACHE_HOME or
  /// $HOME/.cache.
  static Cache of_user(const std::string& kind);
  /// The same that keeps no more than so many bytes: what was not used for the longest time goes.
  Cache limited_to(int64_t bytes) const {
    Cache limited = *this;
    limited.limit_ = bytes;
    return limited;
  }

  /// Empty where there is no folder.
  const std::string& directory() const { return directory_; }
  /// The file of an entry.
  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  /// The object of that name, if it is there and whole.
  std::optional<ObjectFile> find(const std::string& name) const;
  /// Keeps an object; whether that worked.
  bool store(const ObjectFile& object) const;

 private:
  void remove_oldest() const;

  std::string directory_;
  int64_t limit_ = 0;  ///< in bytes; 0: none
};

/// The bytes of a file; none where it cannot be read.
std::optional<std::string> read_bytes(const std::string& path);

}  // namespace kiln::codegen
