// Devices through OpenCL.
#pragma once

#include <memory>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/device/device.h"

namespace kiln::runtime {

/// All OpenCL devices of this machine, also those that kiln cannot use. An error where there is no
/// driver.
Expected<std::vector<DeviceInfo>> list_opencl_devices();

/// Device `index` of them. Its memory is shared virtual memory, coarse-grained: without it, and
/// without 64-bit floats, a device is refused.
Expected<std::unique_ptr<Device>> open_opencl_device(int index);

}  // namespace kiln::runtime
