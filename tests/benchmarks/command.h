// Commands that benchmarks run.
#pragma once

#include <string>
#include <string_view>

#include "runtime/base/expected.h"

namespace kiln::benchmarks {

/// The text as one word of a command.
std::string shell_word(std::string_view text);

/// What a command of the shell prints to its standard output. Errors: it fails.
Expected<std::string> output_of(const std::string& command);

}  // namespace kiln::benchmarks
