// This machine, in the words of those who generate code for it.
#pragma once

#include <optional>
#include <string>

namespace kiln::codegen {

struct Machine {
  std::string halide_system;  ///< Halide's target string without features, "x86-64-linux"
  std::string halide;     ///< the same with all that the CPU can do, "x86-64-linux-avx2-fma-..."
  std::string triple;     ///< LLVM's: "x86_64-pc-linux-gnu"
  std::string cpu;        ///< LLVM's: "znver4"
  std::string features;   ///< LLVM's: "+avx,+avx2,...", sorted
  int vector_bytes = 16;  ///< of one vector register
  int vector_registers = 16;  ///< that the instruction set names

  friend bool operator==(const Machine&, const Machine&) = default;
};

/// The machine that this process runs on: as Halide and LLVM say, or as they said (see
/// generators.h).
const Machine& this_machine();

/// What remember_machine() has written into the user's cache for this CPU and this compiler.
std::optional<Machine> remembered_machine();
void remember_machine(const Machine& machine);

}  // namespace kiln::codegen
