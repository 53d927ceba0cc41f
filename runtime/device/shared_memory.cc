#include "runtime/device/shared_memory.h"

#include <algorithm>

namespace kiln::runtime {
namespace {

constexpr std::string_view kDeclaration = ".extern .shared .align 16 .b8 kiln_shared[];\n";
/// At the start of a kernel: where the memory begins, and a register for addresses in it.
constexpr std::string_view kRegisters =
    "\t.reg .b64 \t%kiln_shared_start, %kiln_shared_at;\n"
    "\tmov.b64 \t%kiln_shared_start, kiln_shared;\n";

bool contains(std::string_view line, std::string_view part) {
  return line.find(part) != std::string_view::npos;
}

bool accesses_shared_memory(std::string_view line) {
  return contains(line, "ld.shared") || contains(line, "st.shared");
}

/// One line of a kernel that loads from `[register+offset]` or stores there, relative to the start.
std::string relative_to_start(std::string_view line) {
  const size_t open = line.find('[');
  if (open == std::string_view::npos || !accesses_shared_memory(line)) return std::string(line);
  const size_t end = line.find_first_of("+]", open);
  const std::string address(line.substr(open + 1, end - open - 1));
  std::string text = "\tadd.s64 \t%kiln_shared_at, %kiln_shared_start, " + address + ";\n";
  text.append(line.substr(0, open + 1)).append("%kiln_shared_at").append(line.substr(end));
  return text;
}

}  // namespace

std::string declare_shared_memory(std::string_view ptx) {
  if (!accesses_shared_memory(ptx)) return std::string(ptx);
  std::string result;
  bool in_head = false;  // of a kernel: between its name and its body
  while (!ptx.empty()) {
    const size_t end = std::min(ptx.find('\n'), ptx.size() - 1) + 1;
    const std::string_view line = ptx.substr(0, end);
    ptx.remove_prefix(end);
    result += relative_to_start(line);
    if (line.starts_with(".address_size")) result += kDeclaration;
    in_head = in_head || contains(line, ".entry");
    if (in_head && line.starts_with("{")) {
      result += kRegisters;
      in_head = false;
    }
  }
  return result;
}

}  // namespace kiln::runtime
