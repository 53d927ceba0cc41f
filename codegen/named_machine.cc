#include "codegen/named_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "runtime/base/spelling.h"

namespace kiln::codegen {
namespace {

constexpr const char* kX86 = "x86-64-linux";
constexpr const char* kX86Triple = "x86_64-pc-linux-gnu";

NamedMachine x86(std::string_view name, std::string_view also, std::string_view summary,
                 std::string_view halide_features, int vector_bytes, int vector_registers) {
  return {name,
          also,
          summary,
          {kX86, kX86 + std::string(halide_features), kX86Triple, std::string(name), "",
           vector_bytes, vector_registers}};
}

}  // namespace

std::span<const NamedMachine> named_machines() {
  static const std::array kMachines = {
      x86("x86-64", "x86-64-v1", "any x86-64 CPU: SSE2", "", 16, 16),
      x86("x86-64-v2", "v2", "from about 2009 on: SSE4.1", "-sse41", 16, 16),
      x86("x86-64-v3", "v3", "from about 2013 on: AVX2, FMA, F16C", "-avx-avx2-f16c-fma-sse41", 32,
          16),
      x86("x86-64-v4", "v4", "with AVX-512 F, CD, BW, DQ, VL",
          "-avx-avx2-avx512-avx512_skylake-f16c-fma-sse41", 64, 32),
      NamedMachine{
          "aarch64",
          "aarch64-linux-gnu",
          "64-bit ARM under Linux",
          {"arm-64-linux", "arm-64-linux", "aarch64-unknown-linux-gnu", "generic", "", 16, 32}},
      NamedMachine{"armv7",
                   "arm-linux-gnueabihf",
                   "32-bit ARM with NEON under Linux, hard floats",
                   {"arm-32-linux", "arm-32-linux", "armv7-unknown-linux-gnueabihf", "generic",
                    "+neon", 16, 16}},
  };
  return kMachines;
}

Expected<Machine> find_machine(std::string_view name, std::string_view option) {
  if (name == "native") return this_machine();
  std::vector<std::string_view> names = {"native"};
  for (const NamedMachine& each : named_machines()) {
    if (each.name == name || each.also == name) return each.machine;
    names.push_back(each.name);
  }
  std::string note = did_you_mean(name, names);
  if (note.empty()) note = fmt::format("machines: {}", fmt::join(names, ", "));
  return Diagnostic{std::string(option), fmt::format("there is no machine \"{}\"", name),
                    std::move(note)};
}

bool runs_executables(const Machine& machine) {
  return machine.halide_system == this_machine().halide_system;
}

}  // namespace kiln::codegen
