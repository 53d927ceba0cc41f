// Evaluates functions slowly and plainly, by each op's definition: the oracle for passes and
// kernels.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ir/literal.h"
#include "ir/module.h"

namespace kiln::ir {

/// The values of a module's variables by name.
using Environment = std::map<std::string, Literal>;

/// Arguments in, results out, by position.
std::vector<Literal> interpret(const Region& region, std::vector<Literal> arguments);

/// A fusion's results: its region sees views of operands and results.
std::vector<Literal> interpret_fusion(const Op& fusion, std::vector<Literal> operands);

/// Runs a function: arguments bound to variables are read from `variables`, results bound to
/// variables are written there; `inputs` by name; returns the other results by name.
std::map<std::string, Literal> interpret(const Function& function, Environment& variables,
                                         const std::map<std::string, Literal>& inputs);

}  // namespace kiln::ir
