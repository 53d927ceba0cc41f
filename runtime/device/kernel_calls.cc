#include "runtime/device/kernel_calls.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "runtime/device/cuda.h"
#include "runtime/device/device.h"
#include "runtime/device/device_errors.h"
#include "runtime/device/devices.h"
#include "runtime/device/opencl.h"

namespace {

using kiln::Status;
using kiln::runtime::Device;
using kiln::runtime::KernelArgument;
using kiln::runtime::KernelBuffer;

static_assert(sizeof(KernelBuffer) == 56 && offsetof(KernelBuffer, dim) == 40);

// HalideRuntime.h, halide_error_code_generic_error.
constexpr int kFailed = -1;

int finish(Device& device, Status status) {
  if (status) return 0;
  device.fail(status.error());
  return kFailed;
}

Device& device_of(void* user_context) { return *static_cast<Device*>(user_context); }

int load(void* user_context, void** state, const char* source, int bytes) {
  Device& device = device_of(user_context);
  if (!device.status()) return kFailed;
  // One state serves the devices of all sessions: it must not hold anything of a device's.
  *state = const_cast<char*>(source);
  return finish(device, device.load(source, static_cast<size_t>(bytes)));
}

std::vector<KernelArgument> arguments_of(const size_t sizes[], void* const arguments[],
                                         const int8_t is_buffer[]) {
  std::vector<KernelArgument> result;
  for (int i = 0; arguments[i] != nullptr; ++i) {
    if (is_buffer[i] != 0) {
      const auto* buffer = static_cast<const KernelBuffer*>(arguments[i]);
      result.push_back({reinterpret_cast<const void*>(buffer->device), 0, true});
    } else {
      result.push_back({arguments[i], sizes[i], false});
    }
  }
  return result;
}

int launch(void* user_context, kiln::runtime::KernelLaunch launch, const size_t sizes[],
           void* const arguments[], const int8_t is_buffer[]) {
  Device& device = device_of(user_context);
  if (!device.status()) return kFailed;
  const std::vector<KernelArgument> all = arguments_of(sizes, arguments, is_buffer);
  launch.arguments = all;
  return finish(device, device.launch(launch));
}

int64_t byte_count(const KernelBuffer& buffer) {
  int64_t elements = 1;
  for (int32_t i = 0; i < buffer.dimensions; ++i) {
    const auto& [min, extent, stride, flags] = buffer.dim[i];
    elements += int64_t{extent - 1} * std::abs(stride);
  }
  return elements * ((buffer.type_bits + 7) / 8) * buffer.type_lanes;
}

template <typename Function>
kiln::runtime::Symbol symbol(const char* name, Function* function) {
  return {name, reinterpret_cast<void*>(function)};
}

}  // namespace

extern "C" {

const void* halide_opencl_device_interface() { return nullptr; }
const void* halide_cuda_device_interface() { return nullptr; }

int halide_opencl_initialize_kernels(void* user_context, void** state, const char* source,
                                     int bytes) {
  return load(user_context, state, source, bytes);
}

int halide_cuda_initialize_kernels(void* user_context, void** state, const char* source,
                                   int bytes) {
  return load(user_context, state, source, bytes);
}

void halide_opencl_finalize_kernels(void*, void*) {}
void halide_cuda_finalize_kernels(void*, void*) {}

int halide_opencl_run(void* user_context, void* state, const char* entry, int blocks_x,
                      int blocks_y, int blocks_z, int threads_x, int threads_y, int threads_z,
                      int shared_bytes, size_t sizes[], void* arguments[], int8_t is_buffer[]) {
  return launch(user_context,
                {state,
                 entry,
                 {blocks_x, blocks_y, blocks_z},
                 {threads_x, threads_y, threads_z},
                 shared_bytes,
                 {}},
                sizes, arguments, is_buffer);
}

int halide_cuda_run(void* user_context, void* state, const char* entry, int blocks_x, int blocks_y,
                    int blocks_z, int threads_x, int threads_y, int threads_z, int shared_bytes,
                    size_t sizes[], void* arguments[], int8_t is_buffer[]) {
  return halide_opencl_run(user_context, state, entry, blocks_x, blocks_y, blocks_z, threads_x,
                           threads_y, threads_z, shared_bytes, sizes, arguments, is_buffer);
}

int halide_copy_to_device(void* user_context, KernelBuffer* buffer, const void*) {
  if (buffer->device != 0) return 0;
  Device& device = device_of(user_context);
  return finish(device,
                kiln::Diagnostic{device.info().title(),
                                 "a kernel was given a buffer that is not on the device", ""});
}

int halide_device_malloc(void* user_context, KernelBuffer* buffer, const void* interface) {
  if (buffer->device != 0) return 0;
  Device& device = device_of(user_context);
  kiln::runtime::Temporaries& temporaries = device.temporaries();
  const int64_t bytes = byte_count(*buffer);
  std::byte* const piece = temporaries.take(bytes);
  if (piece == nullptr) {
    return finish(device, kiln::runtime::no_temporary_memory(device.info(), bytes,
                                                             temporaries.block_bytes()));
  }
  buffer->device = reinterpret_cast<uint64_t>(piece);
  buffer->device_interface = interface;
  return 0;
}

int halide_device_free(void* user_context, KernelBuffer* buffer) {
  if (buffer->device == 0) return 0;
  device_of(user_context).temporaries().give_back();
  buffer->device = 0;
  return 0;
}

void halide_device_free_as_destructor(void* user_context, void* buffer) {
  halide_device_free(user_context, static_cast<KernelBuffer*>(buffer));
}

int32_t kiln_device_copy(void* context, void* to, const void* from, int64_t bytes) {
  Device& device = device_of(context);
  if (!device.status()) return kFailed;
  return finish(device, device.copy(to, from, bytes));
}
}  // extern "C"

namespace kiln::runtime {
namespace {

Expected<std::vector<DeviceInfo>> list(kiln_device_kind kind) {
  return kind == KILN_OPENCL ? list_opencl_devices() : list_cuda_devices();
}

Expected<std::unique_ptr<Device>> open(kiln_device_kind kind, int index) {
  return kind == KILN_OPENCL ? open_opencl_device(index) : open_cuda_device(index);
}

}  // namespace

// It stands here so that whoever links kernels for devices has the drivers, too.
extern "C" const DeviceDrivers kiln_device_drivers = {list, open};

std::span<const Symbol> kernel_call_symbols() {
  static const Symbol symbols[] = {
      symbol("halide_opencl_device_interface", halide_opencl_device_interface),
      symbol("halide_opencl_initialize_kernels", halide_opencl_initialize_kernels),
      symbol("halide_opencl_finalize_kernels", halide_opencl_finalize_kernels),
      symbol("halide_opencl_run", halide_opencl_run),
      symbol("halide_cuda_device_interface", halide_cuda_device_interface),
      symbol("halide_cuda_initialize_kernels", halide_cuda_initialize_kernels),
      symbol("halide_cuda_finalize_kernels", halide_cuda_finalize_kernels),
      symbol("halide_cuda_run", halide_cuda_run),
      symbol("halide_copy_to_device", halide_copy_to_device),
      symbol("halide_device_malloc", halide_device_malloc),
      symbol("halide_device_free", halide_device_free),
      symbol("halide_device_free_as_destructor", halide_device_free_as_destructor),
      symbol("kiln_device_copy", kiln_device_copy),
  };
  return symbols;
}

}  // namespace kiln::runtime
