// The model's descriptor, as runtime/base/abi.h lays it out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codegen/program/constants.h"
#include "codegen/program/plan.h"
#include "codegen/target.h"

namespace kiln::codegen {

/// A plan's code for one target.
struct TargetCode {
  Target target;
  int64_t temporary_bytes = 0;            ///< kiln_target's
  std::vector<llvm::Function*> run = {};  ///< one per function of the plan
};

/// Defines the constant `kiln_model`.
void emit_descriptor(llvm::Module& module, Constants& constants, const ir::Module& model,
                     const ModulePlan& plan, const std::vector<TargetCode>& targets);

}  // namespace kiln::codegen
