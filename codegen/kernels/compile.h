// From a fusion to an object file.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "codegen/target.h"
#include "ir/op.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// Compiles the fusion's region into an object file at `path` that defines the C function
///   int NAME(void* pool, halide_buffer_t* inputs..., halide_buffer_t* outputs...)
/// with outputs in output_order(). The object refers to the symbols of runtime/device/halide_runtime.h and
/// libm only, where the target is freestanding to
/// halide_free and libm; on a device to those of runtime/device/kernel_calls.h. Gives the kernel's
/// temporary_bytes (see ObjectFile); an error is what Halide says, at the fusion's location.
Expected<int64_t> compile_kernel(const ir::Op& fusion, const std::string& name,
                                 const Target& target, const std::string& path);

/// One launch of a grid of threads.
struct Launch {
  std::string entry;           ///< the function in the source
  std::array<int, 3> blocks;   ///< x, y, z
  std::array<int, 3> threads;  ///< of a block
  int local_bytes = 0;         ///< that the threads of a block share
};

/// What a kernel does on a GPU.
struct DeviceCode {
  std::vector<Launch> launches;  ///< in order
  std::string source;            ///< OpenCL C or PTX
  int64_t temporary_bytes = 0;   ///< of the device's memory, that it takes between its launches
};

/// The device's part of the fusion's kernel, for people.
Expected<DeviceCode> device_code(const ir::Op& fusion, const Target& target);

}  // namespace kiln::codegen
