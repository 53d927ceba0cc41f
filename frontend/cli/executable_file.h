// The file that kiln compile writes.
#pragma once

#include <string>
#include <string_view>

#include "runtime/base/expected.h"

namespace kiln::cli {

/// Writes an executable, which appears at `path` whole or not at all: a program of that name may
/// run meanwhile.
Status write_executable(const std::string& path, std::string_view bytes);

}  // namespace kiln::cli
