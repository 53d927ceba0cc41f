#include "runtime/device/driver_exit.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "runtime/device/device_errors.h"

namespace kiln::runtime {
namespace {

// A driver ends the process from a thread of its own, too.
std::atomic<const Device*> guarded{nullptr};

void say_who_exits() {
  const Device* const device = guarded;
  if (device == nullptr) return;
  const Diagnostic error = device_failure(device->info(), "its driver ended the program");
  std::fflush(nullptr);
  std::fprintf(stderr, "%s\n", error.to_string().c_str());
  std::_Exit(2);
}

}  // namespace

// The driver is loaded by now: its own exit handlers come after this one.
DriverExitGuard::DriverExitGuard(const Device* device) {
  if (device == nullptr) return;
  static const int registered = std::atexit(say_who_exits);
  if (registered == 0) guarded = device;
}

DriverExitGuard::~DriverExitGuard() { guarded = nullptr; }

}  // namespace kiln::runtime
