// What nobody uses.
#pragma once

#include "ir/module.h"

namespace kiln::passes {

/// Drops ops without a used result, and in the regions of ops likewise: a fusion gives and takes
/// only what is used. At the function's border: a result bound to a variable that is that
/// variable's own argument unchanged goes, and so does an unused argument bound to a variable;
/// inputs and outputs are the caller's and stay. True if anything changed.
bool eliminate_dead_code(ir::Function& function);

}  // namespace kiln::passes
