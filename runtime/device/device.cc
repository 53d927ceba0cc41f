#include "runtime/device/device.h"

namespace kiln::runtime {

const char* device_kind_name(kiln_device_kind kind) {
  switch (kind) {
    case KILN_CPU:
      return "cpu";
    case KILN_OPENCL:
      return "opencl";
    case KILN_CUDA:
      return "cuda";
  }
  return "";
}

std::string DeviceInfo::spec() const {
  return std::string(device_kind_name(kind)) + ":" + std::to_string(index);
}

std::byte* Device::counted(std::byte* block, int64_t bytes) {
  block_bytes_[block] = bytes;
  allocated_bytes_ += bytes;
  return block;
}

void Device::forget(const std::byte* block) {
  const auto found = block_bytes_.find(block);
  if (found == block_bytes_.end()) return;
  allocated_bytes_ -= found->second;
  block_bytes_.erase(found);
}

}  // namespace kiln::runtime
