// A function of the model as LLVM IR: calls of its kernels, one after the other, in
// loops where the model has them.
#pragma once

#include <string>
#include <vector>

#include "codegen/program/constants.h"
#include "codegen/program/plan.h"
#include "codegen/target.h"

namespace kiln::codegen {

/// Defines a local function with the signature of kiln_run that takes the plan's steps by calling
/// these kernels, which are for this target. Where the plan takes weights, the address of their block
/// is one argument more, the last.
llvm::Function* emit_step_function(llvm::Module& module, Constants& constants,
                                   const FunctionPlan& plan, const KernelNames& kernels,
                                   const Target& target);

}  // namespace kiln::codegen
