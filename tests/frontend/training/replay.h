// Recorded training, replayed: a model's steps on the recorded batches, against Keras's numbers.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "ir/interpreter.h"
#include "ir/module.h"
#include "tests/frontend/training/recorded.h"

namespace kiln::keras {

using Outputs = std::map<std::string, ir::Literal>;
/// As ir::interpret().
using StepRunner = std::function<Outputs(const ir::Function& function, ir::Environment& variables,
                                         const Outputs& inputs)>;
/// Puts a lowered module through passes, and says how its functions are run.
using Preparation = std::function<StepRunner(ir::Module& module)>;

/// Trains and evaluates the model of a case of models.json or masks.json, by that definition: its
/// own, or another that means the same.
void expect_training(const Json& recorded, const Json& definition, const Preparation& prepare,
                     double tolerance);

}  // namespace kiln::keras
