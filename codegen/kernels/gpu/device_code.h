// What Halide made of a kernel for a GPU.
#pragma once

#include <Halide.h>

#include "codegen/kernels/compile.h"

namespace kiln::codegen {

/// The launches and the source in a lowered kernel.
DeviceCode read_device_code(const Halide::Module& module);

}  // namespace kiln::codegen
