// Whole text files.
#pragma once

#include <string>

#include "runtime/base/expected.h"

namespace kiln::cli {

/// The file's contents; "-" reads standard input.
Expected<std::string> read_text_file(const std::string& path);

}  // namespace kiln::cli
