#include "runtime/device/opencl_api.h"

#include <string>
#include <utility>

#include "runtime/device/driver_library.h"

namespace kiln::runtime::opencl {

Expected<Api> load_api() {
  KILN_ASSIGN(DriverLibrary library,
              DriverLibrary::open("opencl", "libOpenCL.so.1", "KILN_OPENCL_LIBRARY"));
  Api api{};
  library.find("clGetPlatformIDs", api.get_platform_ids);
  library.find("clGetDeviceIDs", api.get_device_ids);
  library.find("clGetDeviceInfo", api.get_device_info);
  library.find("clCreateContext", api.create_context);
  library.find("clReleaseContext", api.release_context);
  library.find("clCreateCommandQueueWithProperties", api.create_queue);
  library.find("clReleaseCommandQueue", api.release_queue);
  library.find("clSVMAlloc", api.svm_alloc);
  library.find("clSVMFree", api.svm_free);
  library.find("clEnqueueSVMMemcpy", api.enqueue_svm_memcpy);
  library.find("clEnqueueSVMMemFill", api.enqueue_svm_fill);
  library.find("clCreateProgramWithSource", api.create_program);
  library.find("clBuildProgram", api.build_program);
  library.find("clGetProgramBuildInfo", api.get_build_info);
  library.find("clReleaseProgram", api.release_program);
  library.find("clCreateKernel", api.create_kernel);
  library.find("clReleaseKernel", api.release_kernel);
  library.find("clSetKernelArg", api.set_kernel_arg);
  library.find("clSetKernelArgSVMPointer", api.set_kernel_arg_svm);
  library.find("clEnqueueNDRangeKernel", api.enqueue_kernel);
  library.find("clEnqueueMarkerWithWaitList", api.enqueue_marker);
  library.find("clEnqueueBarrierWithWaitList", api.enqueue_barrier);
  library.find("clWaitForEvents", api.wait_for_events);
  library.find("clReleaseEvent", api.release_event);
  library.find("clFlush", api.flush);
  library.find("clFinish", api.finish);
  KILN_TRY(library.status());
  return api;
}

std::string error_name(Int code) {
  static constexpr std::pair<Int, const char*> kNames[] = {
      {-1, "DEVICE_NOT_FOUND"},
      {-2, "DEVICE_NOT_AVAILABLE"},
      {-3, "COMPILER_NOT_AVAILABLE"},
      {-4, "MEM_OBJECT_ALLOCATION_FAILURE"},
      {-5, "OUT_OF_RESOURCES"},
      {-6, "OUT_OF_HOST_MEMORY"},
      {-11, "BUILD_PROGRAM_FAILURE"},
      {-14, "EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST"},
      {-30, "INVALID_VALUE"},
      {-33, "INVALID_DEVICE"},
      {-34, "INVALID_CONTEXT"},
      {-36, "INVALID_COMMAND_QUEUE"},
      {-46, "INVALID_KERNEL_NAME"},
      {-48, "INVALID_KERNEL"},
      {-49, "INVALID_ARG_INDEX"},
      {-50, "INVALID_ARG_VALUE"},
      {-51, "INVALID_ARG_SIZE"},
      {-52, "INVALID_KERNEL_ARGS"},
      {-54, "INVALID_WORK_GROUP_SIZE"},
      {-55, "INVALID_WORK_ITEM_SIZE"},
      {-63, "INVALID_GLOBAL_WORK_SIZE"},
      {-1001, "PLATFORM_NOT_FOUND_KHR"},
  };
  for (const auto& [known, name] : kNames) {
    if (known == code) return std::string("CL_") + name + " (" + std::to_string(code) + ")";
  }
  return "OpenCL error " + std::to_string(code);
}

}  // namespace kiln::runtime::opencl
