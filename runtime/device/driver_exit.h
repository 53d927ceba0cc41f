// Drivers that end the process: PoCL does where its compiler cannot write a file.
#pragma once

#include "runtime/device/device.h"

namespace kiln::runtime {

/// While it lives, in a program's one command, whoever ends the process does so with exit status 2
/// and an error that names the device. Null: the session runs on the CPU, nothing changes.
class DriverExitGuard {
 public:
  explicit DriverExitGuard(const Device* device);
  ~DriverExitGuard();
  DriverExitGuard(const DriverExitGuard&) = delete;
  DriverExitGuard& operator=(const DriverExitGuard&) = delete;
};

}  // namespace kiln::runtime
