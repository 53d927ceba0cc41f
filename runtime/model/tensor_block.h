// Several tensors in one block of memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/base/abi.h"

namespace kiln::runtime {

/// Where tensors lie in a block, one after the other, each aligned to KILN_ALIGNMENT.
struct TensorBlock {
  std::vector<int64_t> offsets;
  int64_t bytes = 0;
};
TensorBlock packed(std::span<const kiln_tensor> tensors);

}  // namespace kiln::runtime
