// The order of a kernel's output buffers, which its caller must follow.
#pragma once

#include <cstddef>
#include <vector>

#include "ir/op.h"

namespace kiln::codegen {

/// The region's results in the order of the kernel's output buffers: results of one shape are
/// written by one loop nest, so they stand together.
std::vector<size_t> output_order(const ir::Region& region);

}  // namespace kiln::codegen
