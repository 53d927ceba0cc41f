// Runs commands as a user does.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/array.h"

namespace kiln::tests {

/// What a command left.
struct CommandResult {
  int status = -1;  ///< exit status; 128 + signal where it was killed
  std::string out;
  std::string err;
};

/// Runs a program with arguments, an empty environment but for those entries, in TEST_TMPDIR.
CommandResult run_command(const std::vector<std::string>& words,
                          const std::vector<std::string>& environment = {});

/// Expects that the command ends with status 2 and one error that says this, among other things.
void expect_mistake(const std::vector<std::string>& words, const std::string& says);

/// The kiln command.
std::string kiln();
/// A path in a folder of this test's own.
std::string temporary(const std::string& name);
/// Writes a file and returns its path.
std::string write_temporary(const std::string& name, const std::string& text);
/// The same of an array, as .npy.
std::string save_temporary(const std::string& name, const runtime::Array& array);
bool exists(const std::string& path);
std::string read_file(const std::string& path);

}  // namespace kiln::tests
