#include "runtime/device/device_errors.h"

#include <algorithm>
#include <cstdio>

namespace kiln::runtime {
namespace {

constexpr int kLogLines = 5;

/// The first lines that say something, as one line of text.
std::string first_lines(const std::string& log) {
  std::string text;
  int lines = 0;
  for (size_t begin = 0; begin < log.size() && lines < kLogLines;) {
    const size_t end = std::min(log.find('\n', begin), log.size());
    const std::string line = log.substr(begin, end - begin);
    begin = end + 1;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    text += (lines++ == 0 ? "" : "\n      ") + line;
  }
  return text;
}

}  // namespace

Diagnostic device_failure(const DeviceInfo& device, const std::string& what) {
  return {device.title(), what,
          "where the device is lost, a run with --backup goes on from its last checkpoint"};
}

Diagnostic no_device_memory(const DeviceInfo& device, int64_t bytes) {
  return {device.title(), "has no memory for a block of " + byte_text(bytes),
          "another process may be using it; a smaller batch size needs less"};
}

Diagnostic no_temporary_memory(const DeviceInfo& device, int64_t bytes, int64_t block_bytes) {
  return {device.title(),
          "a kernel needs " + byte_text(bytes) + " more than the " + byte_text(block_bytes) +
              " that are there for all its temporaries",
          "this is a bug in kiln"};
}

Diagnostic program_failure(const DeviceInfo& device, const std::string& code,
                           const std::string& log) {
  const std::string lines = first_lines(log);
  return {device.title(), "its driver does not take a kernel: " + code,
          lines.empty() ? "the driver gives no reason" : "the driver says: " + lines};
}

Diagnostic no_such_device(kiln_device_kind kind, int index, int count) {
  const std::string name = device_kind_name(kind);
  if (count == 0) return {name + ":" + std::to_string(index), "the driver finds no device", ""};
  return {name + ":" + std::to_string(index), "there is no such device",
          "there " + std::string(count == 1 ? "is one: " : "are ") +
              (count == 1 ? name + ":0"
                          : std::to_string(count) + ": " + name + ":0 to " + name + ":" +
                                std::to_string(count - 1))};
}

std::string byte_text(int64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " bytes";
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  while (value >= 1024 && unit < 3) {
    value /= 1024;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f %s", value, kUnits[unit]);
  return text;
}

}  // namespace kiln::runtime
