// A kernel of the runtime's own: rows of an array, in any order, made a batch on the device.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/expected.h"
#include "runtime/device/device.h"

namespace kiln::runtime {

/// Copies rows order[0], ..., order[rows - 1] of `from`, `row_bytes` each, to `to`, in order with
/// other kernels. All three are addresses on the device; `order` holds uint32_t.
Status gather_rows(Device& device, std::byte* to, const std::byte* from, const std::byte* order,
                   int64_t rows, int64_t row_bytes);

}  // namespace kiln::runtime
