// A command that starts in one program and is done by another, in the same process.
#pragma once

#include <chrono>
#include <string>

#include "runtime/base/expected.h"

namespace kiln::codegen {

/// Stands first in main(), and keeps the command line. Gives the time at which the command began:
/// now, or in the program that handed it over. That one must be of the same build, else the error
/// says so.
Expected<std::chrono::steady_clock::time_point> receive_command(char** argv);

/// Becomes the program of that name beside this one, with the same command line. Returns only what
/// stood in the way; as much where this process was handed over itself.
Diagnostic hand_over(const std::string& program);

}  // namespace kiln::codegen
