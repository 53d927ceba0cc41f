#include "runtime/device/cuda.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "runtime/base/abi.h"
#include "runtime/device/cuda_api.h"
#include "runtime/device/device_errors.h"
#include "runtime/device/programs.h"
#include "runtime/device/shared_memory.h"

namespace kiln::runtime {
namespace {

using cuda::Address;
using cuda::Api;
using cuda::Result;

// What the threads of a block may share without being asked about it.
constexpr int kPlainSharedBytes = 48 * 1024;

Address address_of(const void* pointer) { return reinterpret_cast<Address>(pointer); }

int attribute_of(const Api& api, cuda::DeviceId device, int attribute) {
  int value = 0;
  api.device_get_attribute(&value, attribute, device);
  return value;
}

std::string driver_version(const Api& api) {
  int version = 0;
  api.driver_get_version(&version);
  return "CUDA " + std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

DeviceInfo info_of(const Api& api, cuda::DeviceId device, int index) {
  DeviceInfo info;
  info.kind = KILN_CUDA;
  info.index = index;
  char name[256] = "";
  api.device_get_name(name, sizeof(name), device);
  info.name = name;
  info.vendor = "NVIDIA Corporation";
  info.is_gpu = true;
  size_t bytes = 0;
  api.device_total_mem(&bytes, device);
  info.memory_bytes = info.largest_block_bytes = static_cast<int64_t>(bytes);
  info.compute_units = attribute_of(api, device, cuda::kMultiprocessorCount);
  info.capability = std::to_string(attribute_of(api, device, cuda::kCapabilityMajor)) + "." +
                    std::to_string(attribute_of(api, device, cuda::kCapabilityMinor));
  info.driver = driver_version(api);
  return info;
}

int device_count(const Api& api) {
  int count = 0;
  return api.device_get_count(&count) == cuda::kSuccess ? count : 0;
}

class CudaDevice : public Device {
 public:
  static Expected<std::unique_ptr<Device>> create(const Api& api, cuda::DeviceId id,
                                                  DeviceInfo info);
  ~CudaDevice() override;

  Expected<std::byte*> allocate(int64_t bytes) override;
  void release(std::byte* block) override;
  Status write(void* to, const void* from_host, int64_t bytes) override;
  Status read(void* to_host, const void* from, int64_t bytes) override;
  Status zero(void* address, int64_t bytes) override;

  std::optional<int64_t> free_bytes() override;
  Expected<MemoryBlock> allocate_staging(int64_t bytes) override;
  Status upload(void* to, const void* from_host, int64_t bytes) override;
  Status order_uploads() override;
  Status download(void* to_host, const void* from, int64_t bytes) override;
  Status copy(void* to, const void* from, int64_t bytes) override;
  Status load(const char* source, size_t bytes) override;
  Status launch(const KernelLaunch& launch) override;
  Expected<DeviceEvent> mark() override;
  Status wait_for(const DeviceEvent& event) override;

 private:
  CudaDevice(const Api& api, cuda::DeviceId id, DeviceInfo info)
      : Device(std::move(info)), api_(api), id_(id) {}

  Diagnostic failure(const std::string& what, Result code) const {
    return device_failure(info(), what + ": " + cuda::error_name(api_, code));
  }
  Status check(const char* what, Result code) const {
    return code == cuda::kSuccess ? ok() : Status(failure(what, code));
  }
  /// A context belongs to threads: each function that uses it begins with this.
  void enter() const { api_.context_set_current(context_); }
  Status open();
  Expected<cuda::Function> find_kernel(const KernelLaunch& launch);

  const Api api_;
  cuda::DeviceId id_;
  cuda::Context context_ = nullptr;
  cuda::Stream stream_ = nullptr;
  cuda::Stream upload_stream_ = nullptr;
  cuda::Event uploaded_ = nullptr;
  Programs<cuda::Module, cuda::Function> programs_;
  std::vector<void*> launch_arguments_;  ///< of the launch that is made
};

Expected<std::unique_ptr<Device>> CudaDevice::create(const Api& api, cuda::DeviceId id,
                                                     DeviceInfo info) {
  std::unique_ptr<CudaDevice> device(new CudaDevice(api, id, std::move(info)));
  KILN_TRY(device->open());
  return std::unique_ptr<Device>(std::move(device));
}

Status CudaDevice::open() {
  const Result code = api_.primary_context_retain(&context_, id_);
  if (code == cuda::kDeviceUnavailable) {
    return Diagnostic{info().title(), "another process has it for itself",
                      "wait for that process, or choose another device"};
  }
  KILN_TRY(check("cannot be opened", code));
  enter();
  KILN_TRY(
      check("has no stream for kernels", api_.stream_create(&stream_, cuda::kNonBlockingStream)));
  KILN_TRY(check("has no stream for uploads",
                 api_.stream_create(&upload_stream_, cuda::kNonBlockingStream)));
  return check("has no event", api_.event_create(&uploaded_, cuda::kUntimedEvent));
}

CudaDevice::~CudaDevice() {
  if (context_ == nullptr) return;
  enter();
  for (cuda::Stream stream : {upload_stream_, stream_}) {
    if (stream != nullptr) api_.stream_synchronize(stream);
  }
  programs_.release_all([&](cuda::Module module, const auto&) { api_.module_unload(module); });
  if (uploaded_ != nullptr) api_.event_destroy(uploaded_);
  for (cuda::Stream stream : {upload_stream_, stream_}) {
    if (stream != nullptr) api_.stream_destroy(stream);
  }
  api_.primary_context_release(id_);
}

std::optional<int64_t> CudaDevice::free_bytes() {
  enter();
  size_t free = 0;
  size_t total = 0;
  if (api_.mem_get_info(&free, &total) != cuda::kSuccess) return std::nullopt;
  return static_cast<int64_t>(free);
}

Expected<std::byte*> CudaDevice::allocate(int64_t bytes) {
  enter();
  const int64_t size = std::max<int64_t>(bytes, 1);
  Address block = 0;
  const Result code = api_.mem_alloc(&block, static_cast<size_t>(size));
  if (code == cuda::kOutOfMemory) return no_device_memory(info(), size);
  KILN_TRY(check("cannot allocate memory", code));
  // It must be zero before an upload may come.
  Result cleared = api_.fill_bytes(block, 0, static_cast<size_t>(size), stream_);
  if (cleared == cuda::kSuccess) cleared = api_.stream_synchronize(stream_);
  if (cleared == cuda::kSuccess) return counted(reinterpret_cast<std::byte*>(block), size);
  api_.mem_free(block);
  return failure("clearing memory failed", cleared);
}

void CudaDevice::release(std::byte* block) {
  enter();
  api_.stream_synchronize(stream_);
  api_.stream_synchronize(upload_stream_);
  api_.mem_free(address_of(block));
  forget(block);
}

Status CudaDevice::write(void* to, const void* from_host, int64_t bytes) {
  if (bytes == 0) return ok();
  enter();
  counters_.bytes_up += bytes;
  KILN_TRY(check("copying failed", api_.copy_to_device(address_of(to), from_host,
                                                       static_cast<size_t>(bytes), stream_)));
  return check("copying failed", api_.stream_synchronize(stream_));
}

Status CudaDevice::download(void* to_host, const void* from, int64_t bytes) {
  if (bytes == 0) return ok();
  enter();
  counters_.bytes_down += bytes;
  return check("copying failed",
               api_.copy_to_host(to_host, address_of(from), static_cast<size_t>(bytes), stream_));
}

Status CudaDevice::read(void* to_host, const void* from, int64_t bytes) {
  KILN_TRY(download(to_host, from, bytes));
  return check("its work failed", api_.stream_synchronize(stream_));
}

Status CudaDevice::zero(void* address, int64_t bytes) {
  if (bytes == 0) return ok();
  enter();
  return check("clearing memory failed",
               api_.fill_bytes(address_of(address), 0, static_cast<size_t>(bytes), stream_));
}

// Pages that stay where they are: copies from others go through the driver's own.
Expected<MemoryBlock> CudaDevice::allocate_staging(int64_t bytes) {
  enter();
  void* block = nullptr;
  const auto size = static_cast<size_t>(std::max<int64_t>(bytes, 1));
  if (api_.mem_host_alloc(&block, size, 0) != cuda::kSuccess)
    return Diagnostic{info().title(), "no memory of the host's for " + byte_text(bytes), ""};
  std::memset(block, 0, size);
  return MemoryBlock(static_cast<std::byte*>(block),
                     [api = api_, context = context_](std::byte* address) {
                       api.context_set_current(context);
                       api.mem_free_host(address);
                     });
}

Status CudaDevice::upload(void* to, const void* from_host, int64_t bytes) {
  enter();
  counters_.bytes_up += bytes;
  return check("an upload failed", api_.copy_to_device(address_of(to), from_host,
                                                       static_cast<size_t>(bytes), upload_stream_));
}

Status CudaDevice::order_uploads() {
  enter();
  KILN_TRY(check("an upload failed", api_.event_record(uploaded_, upload_stream_)));
  return check("an upload failed", api_.stream_wait_event(stream_, uploaded_, 0));
}

Status CudaDevice::copy(void* to, const void* from, int64_t bytes) {
  if (bytes == 0) return ok();
  enter();
  return check("copying failed", api_.copy_within(address_of(to), address_of(from),
                                                  static_cast<size_t>(bytes), stream_));
}

Status CudaDevice::load(const char* source, size_t bytes) {
  if (programs_.contains(source)) return ok();
  enter();
  const std::string text = declare_shared_memory({source, strnlen(source, bytes)});
  char log[4096] = "";
  int options[] = {cuda::kErrorLog, cuda::kErrorLogBytes};
  void* values[] = {log, reinterpret_cast<void*>(sizeof(log))};
  cuda::Module module = nullptr;
  const Result code = api_.module_load(&module, text.c_str(), std::size(options), options, values);
  if (code != cuda::kSuccess) return program_failure(info(), cuda::error_name(api_, code), log);
  programs_.add(source, module);
  return ok();
}

Expected<cuda::Function> CudaDevice::find_kernel(const KernelLaunch& launch) {
  return programs_.find(info(), launch, [&](cuda::Module module) -> Expected<cuda::Function> {
    cuda::Function kernel = nullptr;
    Result code = api_.module_get_function(&kernel, module, launch.entry);
    if (code == cuda::kSuccess && launch.shared_bytes > kPlainSharedBytes)
      code = api_.function_set_attribute(kernel, cuda::kMaxDynamicSharedBytes, launch.shared_bytes);
    if (code == cuda::kSuccess) return kernel;
    return failure(std::string("cannot use kernel ") + launch.entry, code);
  });
}

Status CudaDevice::launch(const KernelLaunch& launch) {
  enter();
  KILN_ASSIGN(const cuda::Function kernel, find_kernel(launch));
  // The driver takes pointers to values: an address is one, too.
  launch_arguments_.clear();
  for (const KernelArgument& argument : launch.arguments) {
    const void* value = argument.is_address ? &argument.value : argument.value;
    launch_arguments_.push_back(const_cast<void*>(value));
  }
  ++counters_.launches;
  const auto [blocks_x, blocks_y, blocks_z] = launch.blocks;
  const auto [threads_x, threads_y, threads_z] = launch.threads;
  const Result code = api_.launch_kernel(
      kernel, static_cast<unsigned>(blocks_x), static_cast<unsigned>(blocks_y),
      static_cast<unsigned>(blocks_z), static_cast<unsigned>(threads_x),
      static_cast<unsigned>(threads_y), static_cast<unsigned>(threads_z),
      static_cast<unsigned>(launch.shared_bytes), stream_, launch_arguments_.data(), nullptr);
  if (code == cuda::kSuccess) return ok();
  return failure(std::string("cannot launch kernel ") + launch.entry, code);
}

Expected<DeviceEvent> CudaDevice::mark() {
  enter();
  cuda::Event event = nullptr;
  KILN_TRY(check("does not take work", api_.event_create(&event, cuda::kUntimedEvent)));
  const DeviceEvent mark(event, [destroy = api_.event_destroy](void* reached) {
    destroy(static_cast<cuda::Event>(reached));
  });
  KILN_TRY(check("does not take work", api_.event_record(event, stream_)));
  return mark;
}

Status CudaDevice::wait_for(const DeviceEvent& event) {
  if (event == nullptr) return ok();
  enter();
  return check("its work failed", api_.event_synchronize(static_cast<cuda::Event>(event.get())));
}

}  // namespace

Expected<std::vector<DeviceInfo>> list_cuda_devices() {
  KILN_ASSIGN(const Api api, cuda::load_api());
  std::vector<DeviceInfo> infos;
  for (int index = 0; index < device_count(api); ++index) {
    cuda::DeviceId device = 0;
    if (api.device_get(&device, index) == cuda::kSuccess)
      infos.push_back(info_of(api, device, index));
  }
  return infos;
}

Expected<std::unique_ptr<Device>> open_cuda_device(int index) {
  KILN_ASSIGN(const Api api, cuda::load_api());
  cuda::DeviceId device = 0;
  if (index < 0 || index >= device_count(api) || api.device_get(&device, index) != cuda::kSuccess)
    return no_such_device(KILN_CUDA, index, device_count(api));
  return CudaDevice::create(api, device, info_of(api, device, index));
}

}  // namespace kiln::runtime
