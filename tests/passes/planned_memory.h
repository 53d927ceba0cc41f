// Runs a planned function on real memory, kernel by kernel, as generated code does.
#pragma once

#include <map>
#include <string>

#include "ir/interpreter.h"
#include "ir/module.h"

namespace kiln::passes {

/// As ir::interpret(), but every fusion reads its operands from the buffers that `plan-memory`
/// chose and writes its results there: buffers that overlap while both are live give wrong results.
/// The arena is filled with garbage first. Elements of a fusion that writes over its operands are
/// right by InPlaceWrites, which this does not check.
std::map<std::string, ir::Literal> run_planned(const ir::Module& module,
                                               const ir::Function& function,
                                               ir::Environment& variables,
                                               const std::map<std::string, ir::Literal>& inputs);

}  // namespace kiln::passes
