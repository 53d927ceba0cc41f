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

}  // namespace kiln::runtime
