#include "codegen/machine.h"

#include <fmt/format.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <cstdint>
#include <sstream>

#include "codegen/cache.h"
#include "codegen/version.h"

namespace kiln::codegen {
namespace {

/// What a program can ask this CPU about itself; empty where it cannot be asked.
std::string cpu_description() {
  std::string text;
#if defined(__x86_64__)
  // All that LLVM's TargetParser/Host.cpp and Halide's Target.cpp ask for: vendor, model and
  // features. Of leaf 1, EBX is left out: it names the core that happens to answer.
  struct Leaf {
    unsigned leaf, subleaf;
  };
  constexpr Leaf kLeaves[] = {
      {0, 0},    {1, 0},    {7, 0},    {7, 1},          {0xd, 1},        {0x14, 0},      {0x19, 0},
      {0x1e, 1}, {0x24, 0}, {0x29, 0}, {0x80000000, 0}, {0x80000001, 0}, {0x80000008, 0}};
  for (const auto& [leaf, subleaf] : kLeaves) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid_count(leaf, subleaf, &a, &b, &c, &d) == 0) continue;
    if (leaf == 1) b = 0;
    text += fmt::format("{:x}.{:x}: {:x} {:x} {:x} {:x}\n", leaf, subleaf, a, b, c, d);
    const bool saves_state = leaf == 1 && (c & bit_OSXSAVE) != 0;
    if (!saves_state) continue;
    uint32_t low = 0, high = 0;  // the registers that the operating system saves
    asm("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    text += fmt::format("xcr0: {:x} {:x}\n", high, low);
  }
#endif
  return text;
}

Cache machines() { return Cache::of_user("machines"); }

/// The entry in the cache; empty where this CPU has none.
std::string entry_name() {
  const std::string cpu = cpu_description();
  return cpu.empty() ? "" : content_hash({cpu, build_version()});
}

}  // namespace

std::optional<Machine> remembered_machine() {
  const std::string name = entry_name();
  const auto entry = name.empty() ? std::nullopt : machines().find(name);
  if (!entry) return std::nullopt;
  Machine machine;
  std::istringstream lines(entry->bytes);
  for (std::string* line : {&machine.halide_system, &machine.halide, &machine.triple, &machine.cpu,
                            &machine.features}) {
    std::getline(lines, *line);
  }
  if (lines >> machine.vector_bytes >> machine.vector_registers) return machine;
  return std::nullopt;
}

void remember_machine(const Machine& machine) {
  const std::string name = entry_name();
  if (name.empty() || remembered_machine() == machine) return;
  machines().store({name, fmt::format("{}\n{}\n{}\n{}\n{}\n{} {}\n", machine.halide_system,
                                      machine.halide, machine.triple, machine.cpu, machine.features,
                                      machine.vector_bytes, machine.vector_registers)});
}

}  // namespace kiln::codegen
