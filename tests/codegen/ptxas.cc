#include "tests/codegen/ptxas.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <regex>
#include <sstream>

namespace kiln::tests {
namespace {

/// Among the test's runfiles; third_party/repositories.bzl puts it there.
constexpr std::string_view kPtxas = "../ptxas/bin/ptxas";

struct Output {
  int status = -1;
  std::string text;  ///< what it printed on both streams
};

Output run_ptxas(const std::string& arguments) {
  Output output;
  FILE* pipe = popen(fmt::format("{} {} 2>&1", kPtxas, arguments).c_str(), "re");
  if (pipe == nullptr) return output;
  std::array<char, 4096> bytes;
  while (const size_t count = fread(bytes.data(), 1, bytes.size(), pipe))
    output.text.append(bytes.data(), count);
  output.status = pclose(pipe);
  return output;
}

/// The number before `unit` in a line such as "0 bytes stack frame, 16 bytes spill stores"; 0 where
/// there is none.
int number_before(const std::string& line, std::string_view unit) {
  std::smatch match;
  const std::regex pattern(fmt::format("([0-9]+) {}", unit));
  return std::regex_search(line, match, pattern) ? std::stoi(match[1]) : 0;
}

/// Reads what --verbose prints of each entry: a line that names it, then lines about it.
ResourcesByEntry read_resources(const std::string& text) {
  ResourcesByEntry by_entry;
  KernelResources* entry = nullptr;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch name;
    if (std::regex_search(line, name, std::regex("Compiling entry function '(.*)' for"))) {
      entry = &by_entry[name[1]];
    } else if (entry != nullptr && line.find("spill stores") != std::string::npos) {
      entry->stack_bytes = number_before(line, "bytes stack frame");
      entry->spill_store_bytes = number_before(line, "bytes spill stores");
      entry->spill_load_bytes = number_before(line, "bytes spill loads");
    } else if (entry != nullptr && line.find("Used") != std::string::npos) {
      entry->registers = number_before(line, "registers");
      entry->static_shared_bytes = number_before(line, "bytes smem");
    }
  }
  return by_entry;
}

}  // namespace

bool has_ptxas() { return std::filesystem::exists(kPtxas); }

Expected<ResourcesByEntry> assemble(const std::string& ptx_path, std::string_view architecture) {
  const Output output = run_ptxas(
      fmt::format("--verbose --gpu-name {} --output-file /dev/null {}", architecture, ptx_path));
  if (output.status != 0)
    return Diagnostic{"", fmt::format("ptxas for {}: {}", architecture, output.text), ""};
  return read_resources(output.text);
}

}  // namespace kiln::tests
