#include "runtime/device/driver_exit.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "runtime/base/expected.h"

namespace kiln::runtime {
namespace {

// A driver ends the process from a thread of its own, too.
std::atomic<const Device*> guarded{nullptr};

void say_who_exits() {
  const Device* const device = guarded;
  if (device == nullptr) return;
  const Diagnostic error{
      device->info().title(), "its driver ended the program",
      "what it said stands above; a run with --backup goes on from its last checkpoint"};
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
