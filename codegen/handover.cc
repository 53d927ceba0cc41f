#include "codegen/handover.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "codegen/version.h"

namespace kiln::codegen {
namespace {

using Clock = std::chrono::steady_clock;

/// "BUILD NANOSECONDS": the build of the program that hands over, and when its command began. All
/// processes read the same clock.
constexpr const char* kVariable = "KILN_HANDOVER";

struct Command {
  char** argv = nullptr;
  Clock::time_point start = Clock::now();
  bool was_handed_over = false;
};

/// This process's.
Command& command() {
  static Command of_process;
  return of_process;
}

Diagnostic other_build(const std::string& program) {
  return {program, "is not of the same build as kiln", "install kiln again"};
}

std::string own_path() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error);
}

}  // namespace

Expected<Clock::time_point> receive_command(char** argv) {
  Command& own = command();
  own.argv = argv;
  const char* const variable = std::getenv(kVariable);
  if (variable == nullptr) return own.start;
  const std::string text = variable;
  unsetenv(kVariable);
  const size_t space = text.find(' ');
  if (space == std::string::npos || text.substr(0, space) != build_version())
    return other_build(own_path());
  own.was_handed_over = true;
  const std::chrono::nanoseconds since_epoch(std::strtoll(text.c_str() + space, nullptr, 10));
  own.start = Clock::time_point(since_epoch);
  return own.start;
}

Diagnostic hand_over(const std::string& program) {
  const std::string own = own_path();
  const std::string path = std::filesystem::path(own).parent_path() / program;
  // The other program is this one again, by a link or a copy.
  if (command().was_handed_over) return other_build(own);
  const auto start = std::chrono::nanoseconds(command().start.time_since_epoch()).count();
  setenv(kVariable, fmt::format("{} {}", build_version(), start).c_str(), 1);
  execv(path.c_str(), command().argv);
  return {path, fmt::format("cannot start kiln's code generator: {}", std::strerror(errno)),
          "it belongs beside the kiln command; install kiln again"};
}

}  // namespace kiln::codegen
