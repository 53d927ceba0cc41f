// Which device a model runs on: what the user says, and what this machine has. The drivers are
// linked only where there is code for them: this library knows them through a table that may be
// missing.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/abi.h"
#include "runtime/base/expected.h"
#include "runtime/device/device.h"

namespace kiln::runtime {

/// What `--device` says.
struct DeviceChoice {
  std::optional<kiln_device_kind> kind = {};  ///< nothing: the best there is
  int index = 0;                              ///< among those of its kind

  bool operator==(const DeviceChoice&) const = default;
};

/// "cpu", "opencl", "opencl:1", "cuda", "cuda:0" or "auto".
Expected<DeviceChoice> parse_device(std::string_view text);

/// "cpu,opencl": kinds of devices, each once, as --device names what to compile for.
Expected<std::vector<kiln_device_kind>> parse_device_kinds(std::string_view text);

/// A device that was chosen: its kind, and where that is not KILN_CPU the open device.
struct OpenedDevice {
  kiln_device_kind kind = KILN_CPU;
  std::shared_ptr<Device> device;
};

/// Which device is meant, of those `kinds` that there is code for, `what` ("mnist") having it.
/// Without a choice: a CUDA device, or a GPU through OpenCL, or the CPU, or any other device
/// through OpenCL; no error where a driver is missing. A choice comes back as it is.
Expected<DeviceChoice> choose_device(const DeviceChoice& choice,
                                     std::span<const kiln_device_kind> kinds,
                                     const std::string& what);

/// Opens it. A driver or a device that is not there, or that cannot be used, is an error where it
/// was chosen; without a choice the CPU does, if there is code for it.
Expected<OpenedDevice> open_device(const DeviceChoice& choice,
                                   std::span<const kiln_device_kind> kinds,
                                   const std::string& what);

/// The devices of one kind. An error where there is no driver for them.
Expected<std::vector<DeviceInfo>> list_devices(kiln_device_kind kind);

/// The drivers of a program that has code for devices.
struct DeviceDrivers {
  Expected<std::vector<DeviceInfo>> (*list)(kiln_device_kind kind);
  Expected<std::unique_ptr<Device>> (*open)(kiln_device_kind kind, int index);
};

/// The table; null where no drivers are linked. GPU kernels bring it along (kernel_calls.h).
extern "C" __attribute__((weak)) const DeviceDrivers kiln_device_drivers;

}  // namespace kiln::runtime
