// Less work for the same results.
#pragma once

#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::passes {

/// Folds constants, applies identities, merges common subexpressions and drops dead code, in all
/// functions and in the regions of their ops, until nothing changes. What a function computes stays
/// the same bit for bit (see the parts for what that means with NaN and the sign of zero).
Status simplify(ir::Module& module);

}  // namespace kiln::passes
