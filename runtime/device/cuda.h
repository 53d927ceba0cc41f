// NVIDIA's devices through CUDA's driver.
#pragma once

#include <memory>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/device/device.h"

namespace kiln::runtime {

/// All CUDA devices of this machine. An error where there is no driver.
Expected<std::vector<DeviceInfo>> list_cuda_devices();

/// Device `index` of them, by its primary context.
Expected<std::unique_ptr<Device>> open_cuda_device(int index);

}  // namespace kiln::runtime
