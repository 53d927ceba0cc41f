// The order of execution.
#pragma once

#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::passes {

/// Reorders every function's ops, topologically, so that little is live at once: of the ops that
/// are ready, the one that adds least to the live bytes comes next, the earlier one on a tie. Ops
/// that read a variable come before the one that computes its new value where dependences allow, so
/// that the new value can be written in place.
Status order(ir::Module& module);

}  // namespace kiln::passes
