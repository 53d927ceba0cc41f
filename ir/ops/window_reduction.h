// What reduce_window and select_and_scatter slide over their operand.
#pragma once

#include <vector>

#include "ir/op.h"
#include "ir/ops/window.h"

namespace kiln::ir {

/// The window along every dimension of operand 0 of such an op.
std::vector<WindowDimension> windows_of(const Op& op);

}  // namespace kiln::ir
