// How a kernel's buffers lie in memory.
#pragma once

#include <cstdint>

#include "ir/op.h"
#include "runtime/base/abi.h"

namespace kiln::codegen {

/// The bytes that the addresses of the fusion's buffers are multiples of.
inline int64_t buffer_alignment(const ir::Op& fusion) {
  return fusion.get_or<int64_t>("buffer_alignment", KILN_ALIGNMENT);
}

}  // namespace kiln::codegen
