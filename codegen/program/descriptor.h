// The model's descriptor, as runtime/abi.h lays it out.
#pragma once

#include <string>
#include <vector>

#include "codegen/program/constants.h"
#include "codegen/program/plan.h"
#include "codegen/target.h"

namespace kiln::codegen {

/// The step functions of a plan, one per function for one target.
using StepFunctions = std::vector<llvm::Function*>;

/// Defines the constant `kiln_model`, whose code is `run`: StepFunctions for each of the targets.
void emit_descriptor(llvm::Module& module, Constants& constants, const ir::Module& model,
                     const ModulePlan& plan, const std::vector<Target>& targets,
                     const std::vector<StepFunctions>& run);

}  // namespace kiln::codegen
