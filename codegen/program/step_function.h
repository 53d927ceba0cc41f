// A function of the model as LLVM IR: calls of its kernels, one after the other.
#pragma once

#include <string>
#include <vector>

#include "codegen/program/constants.h"
#include "codegen/program/plan.h"

namespace kiln::codegen {

/// Defines a local function with the signature of kiln_run that makes the plan's calls; `kernels`
/// names the kernel of each.
llvm::Function* emit_step_function(llvm::Module& module, Constants& constants,
                                   const FunctionPlan& plan,
                                   const std::vector<std::string>& kernels);

}  // namespace kiln::codegen
