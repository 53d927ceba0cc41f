#include "tests/benchmarks/command.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>

namespace kiln::benchmarks {

std::string shell_word(std::string_view text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

Expected<std::string> output_of(const std::string& command) {
  std::fflush(stdout);
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return Diagnostic{command, "cannot be run", ""};
  std::string text;
  std::array<char, 4096> block = {};
  while (const size_t count = std::fread(block.data(), 1, block.size(), pipe))
    text.append(block.data(), count);
  const int status = pclose(pipe);
  if (status == 0) return text;
  return Diagnostic{command,
                    WIFEXITED(status) ? fmt::format("ends with status {}", WEXITSTATUS(status))
                                      : std::string("is ended by a signal"),
                    ""};
}

}  // namespace kiln::benchmarks
