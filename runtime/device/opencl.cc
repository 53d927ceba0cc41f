#include "runtime/device/opencl.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "runtime/base/abi.h"
#include "runtime/device/device_errors.h"
#include "runtime/device/opencl_api.h"
#include "runtime/device/programs.h"

namespace kiln::runtime {
namespace {

using opencl::Api;
using opencl::Bits;
using opencl::Int;
using opencl::UInt;

// Kernels may be called with one buffer as operand and result: `restrict` must mean nothing.
constexpr const char* kBuildOptions = "-Drestrict=";

std::string text_of(const Api& api, opencl::DeviceId device, UInt question) {
  size_t size = 0;
  if (api.get_device_info(device, question, 0, nullptr, &size) != opencl::kSuccess || size == 0)
    return "";
  std::string text(size, '\0');
  api.get_device_info(device, question, size, text.data(), nullptr);
  return text.c_str();  // without the final zero
}

template <typename Number>
Number number_of(const Api& api, opencl::DeviceId device, UInt question) {
  Number number = 0;
  api.get_device_info(device, question, sizeof(number), &number, nullptr);
  return number;
}

std::string refusal_of(const Api& api, opencl::DeviceId device) {
  const auto memory = number_of<Bits>(api, device, opencl::kSvmCapabilities);
  if ((memory & opencl::kCoarseGrainBuffer) == 0) return "it has no shared virtual memory";
  const bool doubles =
      number_of<Bits>(api, device, opencl::kDoubleConfig) != 0 ||
      text_of(api, device, opencl::kDeviceExtensions).find("cl_khr_fp64") != std::string::npos;
  if (!doubles) return "it has no 64-bit floats";
  const auto threads = number_of<size_t>(api, device, opencl::kMaxWorkGroupSize);
  const auto local_bytes = number_of<Bits>(api, device, opencl::kLocalMemSize);
  return threads >= kOpenClBlockThreads && local_bytes >= kOpenClLocalBytes
             ? ""
             : "a group of its work items is too small: kernels want " +
                   std::to_string(kOpenClBlockThreads) + " of them and " +
                   std::to_string(kOpenClLocalBytes) + " bytes of local memory";
}

DeviceInfo info_of(const Api& api, opencl::DeviceId device, int index) {
  DeviceInfo info;
  info.kind = KILN_OPENCL;
  info.index = index;
  info.name = text_of(api, device, opencl::kDeviceName);
  info.vendor = text_of(api, device, opencl::kDeviceVendor);
  info.is_gpu = (number_of<Bits>(api, device, opencl::kDeviceType) & opencl::kGpu) != 0;
  info.memory_bytes = static_cast<int64_t>(number_of<Bits>(api, device, opencl::kGlobalMemSize));
  info.largest_block_bytes =
      static_cast<int64_t>(number_of<Bits>(api, device, opencl::kMaxMemAllocSize));
  info.compute_units = static_cast<int>(number_of<UInt>(api, device, opencl::kMaxComputeUnits));
  info.capability = text_of(api, device, opencl::kDeviceVersion);
  info.driver = text_of(api, device, opencl::kDriverVersion);
  info.refusal = refusal_of(api, device);
  return info;
}

/// The devices of all platforms, in the driver's order.
std::vector<opencl::DeviceId> all_devices(const Api& api) {
  UInt platform_count = 0;
  if (api.get_platform_ids(0, nullptr, &platform_count) != opencl::kSuccess) return {};
  std::vector<opencl::Platform> platforms(platform_count);
  api.get_platform_ids(platform_count, platforms.data(), nullptr);
  std::vector<opencl::DeviceId> devices;
  for (opencl::Platform platform : platforms) {
    UInt count = 0;
    if (api.get_device_ids(platform, opencl::kAllDevices, 0, nullptr, &count) != opencl::kSuccess)
      continue;
    const size_t first = devices.size();
    devices.resize(first + count);
    api.get_device_ids(platform, opencl::kAllDevices, count, devices.data() + first, nullptr);
  }
  return devices;
}

class OpenClDevice : public Device {
 public:
  static Expected<std::unique_ptr<Device>> create(const Api& api, opencl::DeviceId id,
                                                  DeviceInfo info);
  ~OpenClDevice() override;

  Expected<std::byte*> allocate(int64_t bytes) override;
  void release(std::byte* block) override;
  Status write(void* to, const void* from_host, int64_t bytes) override;
  Status read(void* to_host, const void* from, int64_t bytes) override;
  Status zero(void* address, int64_t bytes) override;

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
  OpenClDevice(const Api& api, opencl::DeviceId id, DeviceInfo info)
      : Device(std::move(info)), api_(api), id_(id) {}

  Diagnostic failure(const std::string& what, Int code) const;
  Status check(const char* what, Int code) const {
    return code == opencl::kSuccess ? ok() : Status(failure(what, code));
  }
  Status open();
  Status enqueue_copy(UInt blocking, void* to, const void* from, int64_t bytes);
  Diagnostic build_failure(opencl::Program program, Int code) const;
  Expected<opencl::Kernel> find_kernel(const KernelLaunch& launch);
  Status set_arguments(opencl::Kernel kernel, const KernelLaunch& launch);

  const Api api_;
  opencl::DeviceId id_;
  opencl::Context context_ = nullptr;
  opencl::Queue queue_ = nullptr;
  opencl::Queue upload_queue_ = nullptr;
  opencl::Event last_upload_ = nullptr;
  Programs<opencl::Program, opencl::Kernel> programs_;
};

Expected<std::unique_ptr<Device>> OpenClDevice::create(const Api& api, opencl::DeviceId id,
                                                       DeviceInfo info) {
  std::unique_ptr<OpenClDevice> device(new OpenClDevice(api, id, std::move(info)));
  KILN_TRY(device->open());
  return std::unique_ptr<Device>(std::move(device));
}

Status OpenClDevice::open() {
  Int code = 0;
  context_ = api_.create_context(nullptr, 1, &id_, nullptr, nullptr, &code);
  KILN_TRY(check("cannot be opened", code));
  queue_ = api_.create_queue(context_, id_, nullptr, &code);
  KILN_TRY(check("has no queue for kernels", code));
  upload_queue_ = api_.create_queue(context_, id_, nullptr, &code);
  return check("has no queue for uploads", code);
}

OpenClDevice::~OpenClDevice() {
  for (opencl::Queue queue : {upload_queue_, queue_}) {
    if (queue != nullptr) api_.finish(queue);
  }
  if (last_upload_ != nullptr) api_.release_event(last_upload_);
  programs_.release_all([&](opencl::Program program, const auto& kernels) {
    for (const auto& [name, kernel] : kernels) api_.release_kernel(kernel);
    api_.release_program(program);
  });
  for (opencl::Queue queue : {upload_queue_, queue_}) {
    if (queue != nullptr) api_.release_queue(queue);
  }
  if (context_ != nullptr) api_.release_context(context_);
}

Diagnostic OpenClDevice::failure(const std::string& what, Int code) const {
  return device_failure(info(), what + ": " + opencl::error_name(code));
}

Expected<std::byte*> OpenClDevice::allocate(int64_t bytes) {
  const int64_t size = std::max<int64_t>(bytes, 1);
  void* block = api_.svm_alloc(context_, opencl::kReadWrite, static_cast<size_t>(size), 0);
  if (block == nullptr) return no_device_memory(info(), size);
  // It must be zero before an upload may come. Some drivers find out only now that there is no
  // memory.
  Status cleared = zero(block, size);
  if (cleared) cleared = check("clearing memory failed", api_.finish(queue_));
  if (cleared) return counted(static_cast<std::byte*>(block), size);
  api_.svm_free(context_, block);
  return cleared.error();
}

void OpenClDevice::release(std::byte* block) {
  api_.finish(queue_);  // clSVMFree() does not wait for those who use the block
  api_.finish(upload_queue_);
  api_.svm_free(context_, block);
  forget(block);
}

Status OpenClDevice::enqueue_copy(UInt blocking, void* to, const void* from, int64_t bytes) {
  if (bytes == 0) return ok();
  return check("copying failed",
               api_.enqueue_svm_memcpy(queue_, blocking, to, from, static_cast<size_t>(bytes), 0,
                                       nullptr, nullptr));
}

Status OpenClDevice::write(void* to, const void* from_host, int64_t bytes) {
  counters_.bytes_up += bytes;
  return enqueue_copy(opencl::kBlocking, to, from_host, bytes);
}

Status OpenClDevice::read(void* to_host, const void* from, int64_t bytes) {
  counters_.bytes_down += bytes;
  return enqueue_copy(opencl::kBlocking, to_host, from, bytes);
}

Status OpenClDevice::download(void* to_host, const void* from, int64_t bytes) {
  counters_.bytes_down += bytes;
  return enqueue_copy(opencl::kNonBlocking, to_host, from, bytes);
}

Status OpenClDevice::copy(void* to, const void* from, int64_t bytes) {
  return enqueue_copy(opencl::kNonBlocking, to, from, bytes);
}

Status OpenClDevice::zero(void* address, int64_t bytes) {
  if (bytes == 0) return ok();
  constexpr uint64_t kZero = 0;
  // The pattern must divide both address and size.
  const bool wide = (reinterpret_cast<uintptr_t>(address) | static_cast<uintptr_t>(bytes)) % 8 == 0;
  return check("clearing memory failed",
               api_.enqueue_svm_fill(queue_, address, &kZero, wide ? 8 : 1,
                                     static_cast<size_t>(bytes), 0, nullptr, nullptr));
}

Expected<MemoryBlock> OpenClDevice::allocate_staging(int64_t bytes) {
  return runtime::allocate(std::make_shared<HostMemory>(), bytes);
}

Status OpenClDevice::upload(void* to, const void* from_host, int64_t bytes) {
  counters_.bytes_up += bytes;
  opencl::Event event = nullptr;
  KILN_TRY(check("an upload failed",
                 api_.enqueue_svm_memcpy(upload_queue_, opencl::kNonBlocking, to, from_host,
                                         static_cast<size_t>(bytes), 0, nullptr, &event)));
  if (last_upload_ != nullptr) api_.release_event(last_upload_);
  last_upload_ = event;
  return check("an upload failed", api_.flush(upload_queue_));
}

Status OpenClDevice::order_uploads() {
  if (last_upload_ == nullptr) return ok();
  const Int code = api_.enqueue_barrier(queue_, 1, &last_upload_, nullptr);
  api_.release_event(last_upload_);
  last_upload_ = nullptr;
  return check("an upload failed", code);
}

Status OpenClDevice::load(const char* source, size_t bytes) {
  if (programs_.contains(source)) return ok();
  Int code = 0;
  const size_t length = strnlen(source, bytes);
  opencl::Program program = api_.create_program(context_, 1, &source, &length, &code);
  KILN_TRY(check("cannot take a program", code));
  code = api_.build_program(program, 1, &id_, kBuildOptions, nullptr, nullptr);
  if (code == opencl::kSuccess) {
    programs_.add(source, program);
    return ok();
  }
  const Diagnostic error = build_failure(program, code);
  api_.release_program(program);
  return error;
}

Diagnostic OpenClDevice::build_failure(opencl::Program program, Int code) const {
  size_t size = 0;
  api_.get_build_info(program, id_, opencl::kBuildLog, 0, nullptr, &size);
  std::string log(size, '\0');
  api_.get_build_info(program, id_, opencl::kBuildLog, size, log.data(), nullptr);
  return program_failure(info(), opencl::error_name(code), log.c_str());
}

Expected<opencl::Kernel> OpenClDevice::find_kernel(const KernelLaunch& launch) {
  return programs_.find(info(), launch, [&](opencl::Program program) -> Expected<opencl::Kernel> {
    Int code = 0;
    const opencl::Kernel kernel = api_.create_kernel(program, launch.entry, &code);
    if (code == opencl::kSuccess) return kernel;
    return failure(std::string("cannot use kernel ") + launch.entry, code);
  });
}

// Behind the kernel's own arguments comes the memory that its blocks share; it has at least an
// element of the kernel's type for it, int16.
Status OpenClDevice::set_arguments(opencl::Kernel kernel, const KernelLaunch& launch) {
  constexpr int kSharedElement = 64;
  UInt index = 0;
  for (const KernelArgument& argument : launch.arguments) {
    const Int code = argument.is_address
                         ? api_.set_kernel_arg_svm(kernel, index, argument.value)
                         : api_.set_kernel_arg(kernel, index, argument.bytes, argument.value);
    if (code != opencl::kSuccess)
      return failure(std::string("kernel ") + launch.entry + " does not take argument " +
                         std::to_string(index),
                     code);
    ++index;
  }
  const auto shared = static_cast<size_t>(std::max(launch.shared_bytes, kSharedElement));
  return check("cannot give a kernel its shared memory",
               api_.set_kernel_arg(kernel, index, shared, nullptr));
}

Status OpenClDevice::launch(const KernelLaunch& launch) {
  KILN_ASSIGN(const opencl::Kernel kernel, find_kernel(launch));
  KILN_TRY(set_arguments(kernel, launch));
  ++counters_.launches;
  size_t all[3], block[3];
  for (int i = 0; i < 3; ++i) {
    block[i] = static_cast<size_t>(launch.threads[i]);
    all[i] = block[i] * static_cast<size_t>(launch.blocks[i]);
  }
  const Int code = api_.enqueue_kernel(queue_, kernel, 3, nullptr, all, block, 0, nullptr, nullptr);
  if (code == opencl::kSuccess) return ok();
  return failure(std::string("cannot launch kernel ") + launch.entry, code);
}

Expected<DeviceEvent> OpenClDevice::mark() {
  opencl::Event event = nullptr;
  KILN_TRY(check("does not take work", api_.enqueue_marker(queue_, 0, nullptr, &event)));
  const DeviceEvent mark(event, [release = api_.release_event](void* reached) {
    release(static_cast<opencl::Event>(reached));
  });
  KILN_TRY(check("does not take work", api_.flush(queue_)));
  return mark;
}

Status OpenClDevice::wait_for(const DeviceEvent& event) {
  if (event == nullptr) return ok();
  const auto awaited = static_cast<opencl::Event>(event.get());
  return check("its work failed", api_.wait_for_events(1, &awaited));
}

}  // namespace

Expected<std::vector<DeviceInfo>> list_opencl_devices() {
  KILN_ASSIGN(const Api api, opencl::load_api());
  std::vector<DeviceInfo> infos;
  for (opencl::DeviceId device : all_devices(api))
    infos.push_back(info_of(api, device, static_cast<int>(infos.size())));
  return infos;
}

Expected<std::unique_ptr<Device>> open_opencl_device(int index) {
  KILN_ASSIGN(const Api api, opencl::load_api());
  const std::vector<opencl::DeviceId> devices = all_devices(api);
  if (index < 0 || index >= static_cast<int>(devices.size()))
    return no_such_device(KILN_OPENCL, index, static_cast<int>(devices.size()));
  const opencl::DeviceId device = devices[static_cast<size_t>(index)];
  DeviceInfo info = info_of(api, device, index);
  if (!info.refusal.empty()) return Diagnostic{info.title(), "cannot be used: " + info.refusal, ""};
  return OpenClDevice::create(api, device, std::move(info));
}

}  // namespace kiln::runtime
