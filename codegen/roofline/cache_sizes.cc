#include "codegen/roofline/cache_sizes.h"

#include <fstream>
#include <string>

namespace kiln::codegen {
namespace {

std::string word_in(const std::string& path) {
  std::string word;
  std::ifstream(path) >> word;
  return word;
}

/// "32K", "1024K", "32M"; 0 for anything else.
size_t bytes_of(const std::string& text) {
  size_t value = 0, digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
    value = 10 * value + static_cast<size_t>(text[digits] - '0');
  const std::string unit = text.substr(digits);
  return unit == "K" ? value << 10 : unit == "M" ? value << 20 : unit.empty() ? value : 0;
}

}  // namespace

CacheSizes cache_sizes() {
  CacheSizes sizes;
  for (int index = 0;; ++index) {
    const std::string folder =
        "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    const std::string level = word_in(folder + "level");
    if (level.empty()) return sizes;
    const size_t bytes = bytes_of(word_in(folder + "size"));
    if (bytes == 0 || word_in(folder + "type") == "Instruction") continue;
    if (level == "1") sizes.l1 = bytes;
    if (level == "2") sizes.l2 = bytes;
    if (level == "3") sizes.l3 = bytes;
  }
}

}  // namespace kiln::codegen
