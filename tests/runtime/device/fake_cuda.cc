// A stand-in for libcuda.so.1: CUDA's driver API over this process's memory, so that what calls it
// is tested where there is no GPU. Its one device runs the kernels that are written here, a thread
// after the other. A program is taken if it begins with "// PTX" or, as PTX does, ".version". The
// environment's FAKE_CUDA_FAILS names a function that fails.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

constexpr int kInvalidContext = 201;
constexpr int kInvalidPtx = 218;
constexpr int kNotFound = 500;
constexpr int kLaunchFailed = 719;
constexpr size_t kMemory = size_t{1} << 30;

char a_context, a_module, a_stream;
void* current = nullptr;
size_t used = 0;

// The code that a function gives: contexts must be current where they are needed.
int result_of(const char* function, bool needs_context = true) {
  const char* failing = std::getenv("FAKE_CUDA_FAILS");
  if (failing != nullptr && std::string_view(failing) == function) return kLaunchFailed;
  return needs_context && current != &a_context ? kInvalidContext : 0;
}

void* pointer(unsigned long long address) { return reinterpret_cast<void*>(address); }

template <typename Value>
Value value_of(void* argument) {
  return *static_cast<Value*>(argument);
}

void* pointer_of(void* argument) { return pointer(value_of<unsigned long long>(argument)); }

struct Thread {
  unsigned block_x, block_y, block_threads, thread;
};

using Kernel = void (*)(const Thread& thread, void** arguments);

// x[i] *= factor.
void scale(const Thread& thread, void** arguments) {
  static_cast<float*>(
      pointer_of(arguments[0]))[thread.block_x * thread.block_threads + thread.thread] *=
      value_of<float>(arguments[1]);
}

// What runtime/device/row_gather.cc says in PTX.
void gather_rows(const Thread& thread, void** arguments) {
  const auto units = value_of<unsigned>(arguments[3]);
  const auto unit_bytes = value_of<unsigned>(arguments[4]);
  const size_t unit = size_t{thread.block_y} * thread.block_threads + thread.thread;
  if (unit >= units) return;
  const size_t row = static_cast<const unsigned*>(pointer_of(arguments[2]))[thread.block_x];
  std::memcpy(
      static_cast<char*>(pointer_of(arguments[0])) + (thread.block_x * units + unit) * unit_bytes,
      static_cast<const char*>(pointer_of(arguments[1])) + (row * units + unit) * unit_bytes,
      unit_bytes);
}

Kernel find_kernel(std::string_view name) {
  return name == "scale" ? scale : name == "gather_rows" ? gather_rows : nullptr;
}

}  // namespace

extern "C" {

int cuInit(unsigned) { return result_of("cuInit", false); }
int cuDriverGetVersion(int* version) { return *version = 12040, 0; }
int cuGetErrorName(int code, const char** name) {
  *name = code == 2 ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_FAKE";
  return 0;
}
int cuGetErrorString(int, const char** text) { return *text = "as asked for", 0; }
int cuDeviceGetCount(int* count) { return *count = 1, 0; }
int cuDeviceGet(int* device, int) { return *device = 7, 0; }
int cuDeviceGetName(char* name, int bytes, int) {
  std::snprintf(name, static_cast<size_t>(bytes), "Fake GPU");
  return 0;
}
int cuDeviceTotalMem_v2(size_t* bytes, int) { return *bytes = kMemory, 0; }
int cuDeviceGetAttribute(int* value, int attribute, int) {
  *value = attribute == 75 ? 9 : attribute == 16 ? 132 : 0;
  return 0;
}
int cuDevicePrimaryCtxRetain(void** context, int) {
  if (std::getenv("FAKE_CUDA_TAKEN") != nullptr) return 46;
  *context = &a_context;
  return result_of("cuDevicePrimaryCtxRetain", false);
}
int cuDevicePrimaryCtxRelease_v2(int) { return 0; }
int cuCtxSetCurrent(void* context) { return current = context, 0; }
int cuMemGetInfo_v2(size_t* free, size_t* total) {
  *free = kMemory - used;
  *total = kMemory;
  return result_of("cuMemGetInfo");
}
int cuMemAlloc_v2(unsigned long long* address, size_t bytes) {
  if (bytes > kMemory - used) return 2;
  *address =
      reinterpret_cast<unsigned long long>(std::aligned_alloc(256, (bytes + 255) / 256 * 256));
  std::memset(pointer(*address), 0xA5, bytes);
  used += 1 << 20;
  return result_of("cuMemAlloc");
}
int cuMemFree_v2(unsigned long long address) {
  used -= 1 << 20;
  std::free(pointer(address));
  return result_of("cuMemFree");
}
int cuMemHostAlloc(void** block, size_t bytes, unsigned) {
  *block = std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  return result_of("cuMemHostAlloc");
}
int cuMemFreeHost(void* block) { return std::free(block), result_of("cuMemFreeHost"); }
int cuMemcpyHtoDAsync_v2(unsigned long long to, const void* from, size_t bytes, void*) {
  std::memcpy(pointer(to), from, bytes);
  return result_of("cuMemcpyHtoDAsync");
}
int cuMemcpyDtoHAsync_v2(void* to, unsigned long long from, size_t bytes, void*) {
  std::memcpy(to, pointer(from), bytes);
  return result_of("cuMemcpyDtoHAsync");
}
int cuMemcpyDtoDAsync_v2(unsigned long long to, unsigned long long from, size_t bytes, void*) {
  std::memcpy(pointer(to), pointer(from), bytes);
  return result_of("cuMemcpyDtoDAsync");
}
int cuMemsetD8Async(unsigned long long to, unsigned char value, size_t bytes, void*) {
  std::memset(pointer(to), value, bytes);
  return result_of("cuMemsetD8Async");
}
int cuModuleLoadDataEx(void** module, const void* image, unsigned count, int* options,
                       void** values) {
  *module = &a_module;
  const std::string_view program = static_cast<const char*>(image);
  if (program.starts_with("// PTX") || program.starts_with(".version"))
    return result_of("cuModuleLoadDataEx");
  for (unsigned i = 0; i < count; ++i) {
    if (options[i] == 5)
      std::strcpy(static_cast<char*>(values[i]), "ptxas: line 1: a syntax error");
  }
  return kInvalidPtx;
}
int cuModuleUnload(void*) { return 0; }
int cuModuleGetFunction(void** function, void*, const char* name) {
  *function = reinterpret_cast<void*>(find_kernel(name));
  return *function != nullptr ? result_of("cuModuleGetFunction") : kNotFound;
}
int cuFuncSetAttribute(void*, int attribute, int) { return attribute == 8 ? 0 : 1; }
int cuLaunchKernel(void* function, unsigned blocks_x, unsigned blocks_y, unsigned, unsigned threads,
                   unsigned, unsigned, unsigned, void*, void** arguments, void**) {
  const auto kernel = reinterpret_cast<Kernel>(function);
  for (unsigned x = 0; x < blocks_x; ++x) {
    for (unsigned y = 0; y < blocks_y; ++y) {
      for (unsigned thread = 0; thread < threads; ++thread)
        kernel({x, y, threads, thread}, arguments);
    }
  }
  return result_of("cuLaunchKernel");
}
int cuStreamCreate(void** stream, unsigned) {
  return *stream = &a_stream, result_of("cuStreamCreate");
}
int cuStreamDestroy_v2(void*) { return 0; }
int cuStreamSynchronize(void*) { return result_of("cuStreamSynchronize"); }
int cuStreamWaitEvent(void*, void*, unsigned) { return result_of("cuStreamWaitEvent"); }
int cuEventCreate(void** event, unsigned) {
  return *event = std::malloc(1), result_of("cuEventCreate");
}
int cuEventRecord(void*, void*) { return result_of("cuEventRecord"); }
int cuEventSynchronize(void*) { return result_of("cuEventSynchronize"); }
int cuEventDestroy_v2(void* event) { return std::free(event), 0; }
}
