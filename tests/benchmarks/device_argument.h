// The device that a benchmark measures.
#pragma once

#include <fmt/format.h>

#include <cstdlib>

#include "runtime/device/devices.h"
#include "tests/benchmarks/must.h"

namespace kiln::benchmarks {

/// What the first argument names, opencl without one; the end of the program where that is the CPU.
inline runtime::DeviceChoice device_argument(int argc, char** argv) {
  const runtime::DeviceChoice device = must(runtime::parse_device(argc > 1 ? argv[1] : "opencl"));
  if (device.kind && *device.kind != KILN_CPU) return device;
  fmt::print(stderr, "error: name a device beside the CPU: opencl, cuda\n");
  std::exit(2);
}

}  // namespace kiln::benchmarks
