// Machines that code can be made for from any other.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "codegen/machine.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// What a name stands for.
struct NamedMachine {
  std::string_view name;     ///< "x86-64-v3"
  std::string_view also;     ///< another name for it; "" where there is none
  std::string_view summary;  ///< what it is
  Machine machine;
};

/// All of them: levels of x86-64 (x86-64 psABI, "Micro-Architecture Levels"), and other
/// architectures under Linux.
std::span<const NamedMachine> named_machines();

/// The machine of that name, or the one that this is for "native". `option` is where the name comes
/// from.
Expected<Machine> find_machine(std::string_view name, std::string_view option);

/// Whether executables can be made for it, which carry kiln's runtime: not libraries alone.
bool runs_executables(const Machine& machine);

}  // namespace kiln::codegen
