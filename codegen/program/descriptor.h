// The model's descriptor, as runtime/abi.h lays it out.
#pragma once

#include <string>
#include <vector>

#include "codegen/program/constants.h"
#include "codegen/program/plan.h"

namespace kiln::codegen {

/// Defines the constant `kiln_model`. `run` holds the step function of each plan, `target` the name
/// of what the code is for.
void emit_descriptor(llvm::Module& module, Constants& constants, const ir::Module& model,
                     const std::vector<FunctionPlan>& plans,
                     const std::vector<llvm::Function*>& run, const std::string& target);

}  // namespace kiln::codegen
