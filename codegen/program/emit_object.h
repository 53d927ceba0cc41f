// From LLVM IR to object files.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>

#include "codegen/target.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// LLVM's code generator for a target's host. Errors: LLVM has none for it.
Expected<std::unique_ptr<llvm::TargetMachine>> target_machine(const Target& target);

/// Makes a module one for that machine: its triple and its layout of data.
void set_machine(llvm::Module& module, const llvm::TargetMachine& machine);

/// The module's code and data as an ELF file.
Expected<std::string> emit_object(llvm::Module& module, llvm::TargetMachine& machine);

}  // namespace kiln::codegen
