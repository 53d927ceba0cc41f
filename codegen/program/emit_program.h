// A planned module's program: its step functions and its descriptor, as an object file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codegen/program/plan.h"
#include "codegen/target.h"

namespace kiln::codegen {

/// What a program is made of.
struct ProgramSource {
  const ir::Module& module;
  const ModulePlan& plan;  ///< read_plan(module)
  struct ForTarget {
    Target target;
    KernelNames kernels = {};
    int64_t temporary_bytes = 0;  ///< the most that one of its kernels takes
  };
  std::vector<ForTarget> targets;  ///< at least one; the host is that of the first
};

/// The object file that defines `kiln_model` (runtime/base/abi.h) and leaves the kernels undefined.
Expected<std::string> emit_program(const ProgramSource& source);

/// The same as LLVM IR text, for people.
Expected<std::string> program_text(const ProgramSource& source);

}  // namespace kiln::codegen
