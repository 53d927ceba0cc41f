#include "frontend/cli/library_size.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace kiln::cli {
namespace {

using Parts = std::span<const codegen::MemoryPart>;

/// How many of the largest tensors an error names.
constexpr size_t kNamed = 3;

std::string largest(Parts parts) {
  std::vector<std::string> texts;
  for (const codegen::MemoryPart& part : parts.first(std::min(parts.size(), kNamed)))
    texts.push_back(fmt::format("{} ({} bytes)", part.name, part.bytes));
  return fmt::format("{}", fmt::join(texts, ", "));
}

Status check(const char* option, int64_t bytes, int64_t most, const char* what, std::string note) {
  if (most == 0 || bytes <= most) return ok();
  return Diagnostic{option,
                    fmt::format("{} of the library take {} bytes, {} more than allowed", what,
                                bytes, bytes - most),
                    std::move(note)};
}

void print_parts(const char* title, Parts parts) {
  if (parts.empty()) return;
  fmt::print("{}:\n", title);
  for (const codegen::MemoryPart& part : parts) fmt::print("  {:>10}  {}\n", part.bytes, part.name);
}

}  // namespace

void print_library(const codegen::Library& library, bool verbose) {
  fmt::print("code: {} bytes; constants: {} bytes, {} of them weights\n", library.code_bytes,
             library.constant_bytes, library.weight_bytes);
  fmt::print("memory: arena of {} bytes", library.arena_bytes);
  if (library.state_bytes > 0) fmt::print(", state of {} bytes", library.state_bytes);
  fmt::print("\n");
  if (!verbose) return;
  print_parts("variables", library.weights);
  print_parts("in the arena at one time or another", library.buffers);
}

Status check_flash(const codegen::Library& library, int64_t most) {
  return check("--max-flash", library.code_bytes + library.constant_bytes, most,
               "code and constants",
               library.weight_bytes > 0 ? "the largest weights: " + largest(library.weights) : "");
}

Status check_ram(const codegen::Library& library, int64_t most) {
  return check("--max-ram", library.arena_bytes + library.state_bytes, most, "arena and state",
               library.buffers.empty()
                   ? ""
                   : fmt::format("the largest in the arena: {}; a smaller --batch-size takes less",
                                 largest(library.buffers)));
}

}  // namespace kiln::cli
