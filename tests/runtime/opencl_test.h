// Tests on a device through OpenCL: PoCL's, or whatever the machine has.
#pragma once

#include <stdlib.h>

#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "runtime/device/devices.h"
#include "runtime/device/kernel_calls.h"

namespace kiln::runtime {

/// An entry of the environment while it lives.
class EnvironmentEntry {
 public:
  EnvironmentEntry(const char* name, const std::string& value) : name_(name) {
    if (const char* before = getenv(name)) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~EnvironmentEntry() { before_ ? setenv(name_, before_->c_str(), 1) : unsetenv(name_); }
  EnvironmentEntry(const EnvironmentEntry&) = delete;
  EnvironmentEntry& operator=(const EnvironmentEntry&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

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
