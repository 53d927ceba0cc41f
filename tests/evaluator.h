// What tests run functions with: the interpreter, or what a test links to take its place.
#pragma once

#include <vector>

#include "ir/literal.h"
#include "ir/module.h"

namespace kiln::tests {

/// Runs the module's function "main", whose arguments and results are called x0, x1, ... and y0,
/// y1, ...
using Evaluator = std::vector<ir::Literal> (*)(ir::Module module,
                                               const std::vector<ir::Literal>& arguments);

/// The interpreter where nothing else is linked: //tests/codegen:compiled_evaluation compiles, for
/// the device of the test.
extern Evaluator evaluator;

}  // namespace kiln::tests
