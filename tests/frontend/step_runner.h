// How a lowered model's step functions are run.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "ir/interpreter.h"
#include "ir/module.h"

namespace kiln::keras {

using Outputs = std::map<std::string, ir::Literal>;
/// As ir::interpret().
using StepRunner = std::function<Outputs(const ir::Function& function, ir::Environment& variables,
                                         const Outputs& inputs)>;
/// Puts a lowered module through passes, and says how its functions are run.
using Preparation = std::function<StepRunner(ir::Module& module)>;

/// By the interpreter, with gradients expanded.
StepRunner interpreted(ir::Module& module);

}  // namespace kiln::keras
