// A private folder for files that others (Halide, LLD) only take by path.
#pragma once

#include <string>

#include "runtime/base/expected.h"

namespace kiln::codegen {

/// Removed with all that is in it when the object goes.
class TemporaryDirectory {
 public:
  /// Below $TMPDIR, or /tmp; readable by this user alone.
  static Expected<TemporaryDirectory> create();

  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~TemporaryDirectory();

  const std::string& path() const { return path_; }
  /// The path of a file of that name.
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace kiln::codegen
