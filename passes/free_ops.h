// Which ops cost nothing to compute again.
#pragma once

#include "ir/op.h"

namespace kiln::passes {

/// Whether an op is copied to wherever it is read rather than computed once: its elements cost an
/// index computation only (constants, iota, broadcasts, slices, ...).
bool is_free(const ir::Op& op);

}  // namespace kiln::passes
