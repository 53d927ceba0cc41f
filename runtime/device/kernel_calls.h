// What kernels compiled by Halide for GPUs call at run time. They are compiled with `no_runtime`
// and with the feature `user_context`, whose value is the session's Device. All their buffers are
// on the device. Source of the signatures: HalideRuntime.h, HalideRuntimeOpenCL.h and
// HalideRuntimeCuda.h of Halide 21.
// With no_asserts generated code passes over what these functions return: what went wrong is in
// Device::status().
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/device/halide_runtime.h"

namespace kiln::runtime {

/// The head of Halide's description of a buffer, halide_dimension_t and halide_buffer_t.
struct KernelDimension {
  int32_t min, extent, stride;
  uint32_t flags;
};
struct KernelBuffer {
  uint64_t device;  ///< an address in the device's memory
  const void* device_interface;
  uint8_t* host;
  uint64_t flags;
  uint8_t type_code, type_bits;
  uint16_t type_lanes;
  int32_t dimensions;
  const KernelDimension* dim;
  void* padding;
};

}  // namespace kiln::runtime

extern "C" {

/// Halide's tables of a device's functions: nobody here needs them.
const void* halide_opencl_device_interface();
const void* halide_cuda_device_interface();

/// Makes a program of `source` where it is new to the device, and sets `*state` to what the other
/// functions know it by. Called before each call of a kernel.
int halide_opencl_initialize_kernels(void* user_context, void** state, const char* source,
                                     int bytes);
int halide_cuda_initialize_kernels(void* user_context, void** state, const char* source, int bytes);

/// Nothing: programs live as long as the device.
void halide_opencl_finalize_kernels(void* user_context, void* state);
void halide_cuda_finalize_kernels(void* user_context, void* state);

/// Launches a kernel. `sizes` and `arguments` end with a zero; an argument is a KernelBuffer, or
/// points to a value of its size.
int halide_opencl_run(void* user_context, void* state, const char* entry, int blocks_x,
                      int blocks_y, int blocks_z, int threads_x, int threads_y, int threads_z,
                      int shared_bytes, size_t sizes[], void* arguments[], int8_t is_buffer[]);
int halide_cuda_run(void* user_context, void* state, const char* entry, int blocks_x, int blocks_y,
                    int blocks_z, int threads_x, int threads_y, int threads_z, int shared_bytes,
                    size_t sizes[], void* arguments[], int8_t is_buffer[]);

/// Nothing, for a buffer that is on the device already; an error for any other.
int halide_copy_to_device(void* user_context, kiln::runtime::KernelBuffer* buffer,
                          const void* interface);

/// Memory for a buffer that has none, from the device's temporaries, and back to them. Freeing a
/// buffer twice is allowed.
int halide_device_malloc(void* user_context, kiln::runtime::KernelBuffer* buffer,
                         const void* interface);
int halide_device_free(void* user_context, kiln::runtime::KernelBuffer* buffer);
void halide_device_free_as_destructor(void* user_context, void* buffer);

/// Copies within the device, in order with its kernels.
int32_t kiln_device_copy(void* context, void* to, const void* from, int64_t bytes);
}

namespace kiln::runtime {

/// All of the above, for code that is linked in memory.
std::span<const Symbol> kernel_call_symbols();

}  // namespace kiln::runtime
