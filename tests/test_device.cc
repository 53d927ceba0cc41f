#include "tests/test_device.h"

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kiln::tests {
namespace {

/// kiln, and PoCL, an OpenCL driver for CPUs, keep what they compiled in the user's home, which a
/// test leaves alone; in a directory of its own it compiles once what it evaluates again and again.
/// Where the drivers are opened, this has long been done.
const bool kOwnKernelCaches = [] {
  if (const char* temporary = std::getenv("TEST_TMPDIR")) {
    setenv("KILN_CACHE", (std::string(temporary) + "/kiln").c_str(), 0);
    setenv("POCL_CACHE_DIR", (std::string(temporary) + "/pocl").c_str(), 0);
  }
  return true;
}();

/// A GPU takes up to a second to open, unless it is open: here it is, until the process ends. It is
/// not closed then, when its driver may be gone already. Where it does not open, those who open it
/// for a test say so.
void keep_open(const runtime::DeviceChoice& choice) {
  using Opened = Expected<runtime::OpenedDevice>;
  [[gnu::used]] static const Opened* const kept = new Opened(
      runtime::open_device(choice, std::array{*choice.kind}, "the tests, as long as they run"));
}

}  // namespace

kiln_device_kind test_device() {
  const char* variable = std::getenv("KILN_TEST_DEVICE");
  const std::string_view name = variable != nullptr ? variable : "cpu";
  for (kiln_device_kind device : {KILN_CPU, KILN_OPENCL, KILN_CUDA}) {
    if (name == runtime::device_kind_name(device)) return device;
  }
  throw std::runtime_error("KILN_TEST_DEVICE must be cpu, opencl or cuda");
}

runtime::DeviceChoice test_device_choice() {
  const runtime::DeviceChoice choice = {test_device()};
  keep_open(choice);
  return choice;
}

bool test_device_has(ir::ElementType element) {
  const bool is_half = element == ir::ElementType::f16 || element == ir::ElementType::bf16;
  return !is_half || test_device() != KILN_OPENCL;
}

}  // namespace kiln::tests
