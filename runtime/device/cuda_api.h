// The part of CUDA's driver API that kiln uses, as NVIDIA's reference manual "CUDA Driver API"
// defines it. The library is opened at run time, so the toolkit is not needed to build kiln.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "runtime/base/expected.h"

namespace kiln::runtime::cuda {

using Result = int;
using DeviceId = int;
using Address = unsigned long long;
using Context = struct ContextObject*;
using Module = struct ModuleObject*;
using Function = struct FunctionObject*;
using Stream = struct StreamObject*;
using Event = struct EventObject*;

inline constexpr Result kSuccess = 0;
inline constexpr Result kOutOfMemory = 2;
inline constexpr Result kDeviceUnavailable = 46;
inline constexpr Result kNoDevice = 100;

// CUdevice_attribute.
inline constexpr int kMultiprocessorCount = 16;
inline constexpr int kCapabilityMajor = 75;
inline constexpr int kCapabilityMinor = 76;

// CUjit_option.
inline constexpr int kErrorLog = 5;
inline constexpr int kErrorLogBytes = 6;

/// CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
inline constexpr int kMaxDynamicSharedBytes = 8;
/// CU_STREAM_NON_BLOCKING: does not wait for other users of the context.
inline constexpr unsigned kNonBlockingStream = 1;
/// CU_EVENT_DISABLE_TIMING
inline constexpr unsigned kUntimedEvent = 2;

/// The library's functions, each by its name without "cu".
struct Api {
  Result (*init)(unsigned flags);
  Result (*driver_get_version)(int*);
  Result (*get_error_name)(Result, const char**);
  Result (*get_error_string)(Result, const char**);
  Result (*device_get_count)(int*);
  Result (*device_get)(DeviceId*, int ordinal);
  Result (*device_get_name)(char*, int bytes, DeviceId);
  Result (*device_total_mem)(size_t*, DeviceId);
  Result (*device_get_attribute)(int*, int attribute, DeviceId);
  Result (*primary_context_retain)(Context*, DeviceId);
  Result (*primary_context_release)(DeviceId);
  Result (*context_set_current)(Context);
  Result (*mem_get_info)(size_t* free, size_t* total);
  Result (*mem_alloc)(Address*, size_t);
  Result (*mem_free)(Address);
  Result (*mem_host_alloc)(void**, size_t, unsigned flags);
  Result (*mem_free_host)(void*);
  Result (*copy_to_device)(Address, const void*, size_t, Stream);
  Result (*copy_to_host)(void*, Address, size_t, Stream);
  Result (*copy_within)(Address, Address, size_t, Stream);
  Result (*fill_bytes)(Address, unsigned char, size_t, Stream);
  Result (*module_load)(Module*, const void* image, unsigned option_count, int* options,
                        void** values);
  Result (*module_unload)(Module);
  Result (*module_get_function)(Function*, Module, const char*);
  Result (*function_set_attribute)(Function, int attribute, int value);
  Result (*launch_kernel)(Function, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                          unsigned shared_bytes, Stream, void** arguments, void** extra);
  Result (*stream_create)(Stream*, unsigned flags);
  Result (*stream_destroy)(Stream);
  Result (*stream_synchronize)(Stream);
  Result (*stream_wait_event)(Stream, Event, unsigned flags);
  Result (*event_create)(Event*, unsigned flags);
  Result (*event_record)(Event, Stream);
  Result (*event_synchronize)(Event);
  Result (*event_destroy)(Event);
};

/// Opens libcuda.so.1, or what KILN_CUDA_LIBRARY names, and initialises it.
Expected<Api> load_api();

/// "CUDA_ERROR_OUT_OF_MEMORY (out of memory)"
std::string error_name(const Api& api, Result code);

}  // namespace kiln::runtime::cuda
