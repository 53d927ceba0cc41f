// A planned module's program: its step functions and its descriptor, as an object file.
#pragma once

#include <string>
#include <vector>

#include "codegen/program/plan.h"
#include "codegen/target.h"

namespace kiln::codegen {

/// What a program is made of.
struct ProgramSource {
  const ir::Module& module;
  const std::vector<FunctionPlan>& plans;  ///< read_plan(module)
  const KernelNames& kernels;
};

/// The object file that defines `kiln_model` (runtime/abi.h) and leaves the kernels undefined.
Expected<std::string> emit_program(const ProgramSource& source, const Target& target);

/// The same as LLVM IR text, for people.
Expected<std::string> program_text(const ProgramSource& source, const Target& target);

/// LLVM's version, for cache keys and --version.
std::string llvm_version();

}  // namespace kiln::codegen
