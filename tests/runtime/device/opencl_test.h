// Tests on a device through OpenCL: PoCL's, or whatever the machine has.
#pragma once

#include "gtest/gtest.h"
#include "runtime/device/devices.h"
#include "runtime/device/kernel_calls.h"
#include "tests/runtime/device/environment_entry.h"

namespace kiln::runtime {

/// Skips where there is no device.
class OpenClTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // Also links the drivers.
    ASSERT_FALSE(kernel_call_symbols().empty());
    const auto infos = list_devices(KILN_OPENCL);
    if (!infos || infos->empty() || !(*infos)[0].refusal.empty())
      GTEST_SKIP() << "NO OPENCL DEVICE: nothing is tested here; install pocl-opencl-icd";
  }

 private:
  EnvironmentEntry cache_{"POCL_CACHE_DIR", ::testing::TempDir() + "/pocl"};
};

}  // namespace kiln::runtime
