// How much work an op is: the passes' yardstick for what deserves a kernel of its own.
#pragma once

#include <cstdint>

#include "ir/op.h"

namespace kiln::passes {

/// Floating-point operations, roughly; a transcendental function counts as ten.
int64_t operation_count(const ir::Op& op);

}  // namespace kiln::passes
