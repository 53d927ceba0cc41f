// The files that kiln compile writes.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::cli {

/// A file and all of its bytes.
struct OutputFile {
  std::string path;
  std::string bytes;
  bool is_executable = false;
};

/// Writes files, each of which appears whole: a program of its name may run meanwhile. None
/// appears before all have been written beside their places.
Status write_outputs(const std::vector<OutputFile>& files);

}  // namespace kiln::cli
