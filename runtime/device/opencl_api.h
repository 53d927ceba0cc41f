// The part of OpenCL that kiln uses, as the Khronos OpenCL 3.0 API specification defines it. The
// library is opened at run time, so its headers are not needed to build kiln.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/expected.h"

namespace kiln::runtime::opencl {

using Int = int32_t;
using UInt = uint32_t;
using Bits = uint64_t;
using Platform = struct PlatformObject*;
using DeviceId = struct DeviceObject*;
using Context = struct ContextObject*;
using Queue = struct QueueObject*;
using Program = struct ProgramObject*;
using Kernel = struct KernelObject*;
using Event = struct EventObject*;

inline constexpr Int kSuccess = 0;
inline constexpr Int kDeviceNotFound = -1;
inline constexpr Int kMemoryAllocationFailure = -4;
inline constexpr Int kOutOfResources = -5;
inline constexpr Int kOutOfHostMemory = -6;
inline constexpr Int kPlatformNotFound = -1001;

inline constexpr Bits kAllDevices = 0xFFFFFFFF;
inline constexpr Bits kGpu = 1 << 2;
inline constexpr UInt kBlocking = 1;
inline constexpr UInt kNonBlocking = 0;
inline constexpr Bits kReadWrite = 1 << 0;
inline constexpr Bits kCoarseGrainBuffer = 1 << 0;

// Questions to clGetDeviceInfo and clGetProgramBuildInfo.
inline constexpr UInt kDeviceType = 0x1000;
inline constexpr UInt kMaxComputeUnits = 0x1002;
inline constexpr UInt kMaxWorkGroupSize = 0x1004;
inline constexpr UInt kMaxMemAllocSize = 0x1010;
inline constexpr UInt kGlobalMemSize = 0x101F;
inline constexpr UInt kLocalMemSize = 0x1023;
inline constexpr UInt kDeviceName = 0x102B;
inline constexpr UInt kDeviceVendor = 0x102C;
inline constexpr UInt kDriverVersion = 0x102D;
inline constexpr UInt kDeviceVersion = 0x102F;
inline constexpr UInt kDeviceExtensions = 0x1030;
inline constexpr UInt kDoubleConfig = 0x1032;
inline constexpr UInt kSvmCapabilities = 0x1053;
inline constexpr UInt kBuildLog = 0x1183;

/// The library's functions, each by its name without "cl".
struct Api {
  Int (*get_platform_ids)(UInt, Platform*, UInt*);
  Int (*get_device_ids)(Platform, Bits, UInt, DeviceId*, UInt*);
  Int (*get_device_info)(DeviceId, UInt, size_t, void*, size_t*);
  Context (*create_context)(const intptr_t*, UInt, const DeviceId*,
                            void (*)(const char*, const void*, size_t, void*), void*, Int*);
  Int (*release_context)(Context);
  Queue (*create_queue)(Context, DeviceId, const Bits*, Int*);
  Int (*release_queue)(Queue);
  void* (*svm_alloc)(Context, Bits, size_t, UInt);
  void (*svm_free)(Context, void*);
  Int (*enqueue_svm_memcpy)(Queue, UInt, void*, const void*, size_t, UInt, const Event*, Event*);
  Int (*enqueue_svm_fill)(Queue, void*, const void*, size_t, size_t, UInt, const Event*, Event*);
  Program (*create_program)(Context, UInt, const char**, const size_t*, Int*);
  Int (*build_program)(Program, UInt, const DeviceId*, const char*, void (*)(Program, void*),
                       void*);
  Int (*get_build_info)(Program, DeviceId, UInt, size_t, void*, size_t*);
  Int (*release_program)(Program);
  Kernel (*create_kernel)(Program, const char*, Int*);
  Int (*release_kernel)(Kernel);
  Int (*set_kernel_arg)(Kernel, UInt, size_t, const void*);
  Int (*set_kernel_arg_svm)(Kernel, UInt, const void*);
  Int (*enqueue_kernel)(Queue, Kernel, UInt, const size_t*, const size_t*, const size_t*, UInt,
                        const Event*, Event*);
  Int (*enqueue_marker)(Queue, UInt, const Event*, Event*);
  Int (*enqueue_barrier)(Queue, UInt, const Event*, Event*);
  Int (*wait_for_events)(UInt, const Event*);
  Int (*release_event)(Event);
  Int (*flush)(Queue);
  Int (*finish)(Queue);
};

/// Opens libOpenCL.so.1, or what KILN_OPENCL_LIBRARY names.
Expected<Api> load_api();

/// "CL_OUT_OF_RESOURCES (-5)"
std::string error_name(Int code);

}  // namespace kiln::runtime::opencl
