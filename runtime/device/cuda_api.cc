#include "runtime/device/cuda_api.h"

#include "runtime/device/driver_library.h"

namespace kiln::runtime::cuda {

// Functions that came in a second version are asked for by the names of that version, which
// cuda.h gives them.
Expected<Api> load_api() {
  KILN_ASSIGN(DriverLibrary library,
              DriverLibrary::open("cuda", "libcuda.so.1", "KILN_CUDA_LIBRARY"));
  Api api{};
  library.find("cuInit", api.init);
  library.find("cuDriverGetVersion", api.driver_get_version);
  library.find("cuGetErrorName", api.get_error_name);
  library.find("cuGetErrorString", api.get_error_string);
  library.find("cuDeviceGetCount", api.device_get_count);
  library.find("cuDeviceGet", api.device_get);
  library.find("cuDeviceGetName", api.device_get_name);
  library.find("cuDeviceTotalMem_v2", api.device_total_mem);
  library.find("cuDeviceGetAttribute", api.device_get_attribute);
  library.find("cuDevicePrimaryCtxRetain", api.primary_context_retain);
  library.find("cuDevicePrimaryCtxRelease_v2", api.primary_context_release);
  library.find("cuCtxSetCurrent", api.context_set_current);
  library.find("cuMemGetInfo_v2", api.mem_get_info);
  library.find("cuMemAlloc_v2", api.mem_alloc);
  library.find("cuMemFree_v2", api.mem_free);
  library.find("cuMemHostAlloc", api.mem_host_alloc);
  library.find("cuMemFreeHost", api.mem_free_host);
  library.find("cuMemcpyHtoDAsync_v2", api.copy_to_device);
  library.find("cuMemcpyDtoHAsync_v2", api.copy_to_host);
  library.find("cuMemcpyDtoDAsync_v2", api.copy_within);
  library.find("cuMemsetD8Async", api.fill_bytes);
  library.find("cuModuleLoadDataEx", api.module_load);
  library.find("cuModuleUnload", api.module_unload);
  library.find("cuModuleGetFunction", api.module_get_function);
  library.find("cuFuncSetAttribute", api.function_set_attribute);
  library.find("cuLaunchKernel", api.launch_kernel);
  library.find("cuStreamCreate", api.stream_create);
  library.find("cuStreamDestroy_v2", api.stream_destroy);
  library.find("cuStreamSynchronize", api.stream_synchronize);
  library.find("cuStreamWaitEvent", api.stream_wait_event);
  library.find("cuEventCreate", api.event_create);
  library.find("cuEventRecord", api.event_record);
  library.find("cuEventSynchronize", api.event_synchronize);
  library.find("cuEventDestroy_v2", api.event_destroy);
  KILN_TRY(library.status());
  if (const Result code = api.init(0); code != kSuccess && code != kNoDevice)
    return Diagnostic{"cuda", "the driver does not start: " + error_name(api, code), ""};
  return api;
}

std::string error_name(const Api& api, Result code) {
  const char* name = nullptr;
  const char* text = nullptr;
  if (api.get_error_name(code, &name) != kSuccess || name == nullptr)
    return "CUDA error " + std::to_string(code);
  if (api.get_error_string(code, &text) != kSuccess || text == nullptr) return name;
  return std::string(name) + " (" + text + ")";
}

}  // namespace kiln::runtime::cuda
