// A lowered model's step functions through the whole compiler.
#pragma once

#include "tests/frontend/step_runner.h"

namespace kiln::keras {

StepRunner compiled(ir::Module& module);

}  // namespace kiln::keras
