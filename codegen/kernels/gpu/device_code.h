// What Halide made of a kernel for a GPU.
#pragma once

#include <Halide.h>

#include "codegen/kernels/compile.h"

namespace kiln::codegen {

/// Whether code around the launches reads or writes a tensor's elements, which are on the device.
bool reads_on_host(const Halide::Module& module);

/// The launches, the source and the temporaries of a lowered kernel.
DeviceCode read_device_code(const Halide::Module& module);

}  // namespace kiln::codegen
