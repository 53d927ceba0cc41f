#include "tests/benchmarks/machine.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <thread>

#include "codegen/machine.h"
#include "tests/benchmarks/command.h"

namespace kiln::benchmarks {
namespace {

/// As the system knows the first of them.
std::string processor_name() {
  std::ifstream lines("/proc/cpuinfo");
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("model name") && line.find(": ") != std::string::npos)
      return line.substr(line.find(": ") + 2);
  }
  return "";
}

}  // namespace

Machine this_machine() {
  const codegen::Machine& machine = codegen::this_machine();
  return {processor_name(), machine.cpu, machine.features,
          static_cast<int>(std::thread::hardware_concurrency())};
}

std::string date_of_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts = {};
  gmtime_r(&now, &parts);
  std::array<char, 32> text = {};
  return {text.data(), std::strftime(text.data(), text.size(), "%FT%TZ", &parts)};
}

std::string commit_of_checkout() {
  const char* const checkout = std::getenv("BUILD_WORKSPACE_DIRECTORY");  // bazel run's
  if (checkout == nullptr) return "";
  const std::string git = "git -C " + shell_word(checkout);
  const auto head = output_of(git + " rev-parse --short HEAD 2>/dev/null");
  if (!head) return "";
  std::string commit = head->substr(0, head->find('\n'));
  const auto changes = output_of(git + " status --porcelain --untracked-files=no 2>/dev/null");
  if (changes && !changes->empty()) commit += "+";
  return commit;
}

}  // namespace kiln::benchmarks
