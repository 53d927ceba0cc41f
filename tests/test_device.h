// The device that a test's models run on, so that the same suites run on all kinds of devices.
#pragma once

#include "ir/type.h"
#include "runtime/base/abi.h"
#include "runtime/device/devices.h"

namespace kiln::tests {

/// What the environment variable KILN_TEST_DEVICE says: cpu, opencl or cuda; without it the CPU.
kiln_device_kind test_device();

/// The same for who opens it, in a Session or otherwise. Once asked, it stays open.
runtime::DeviceChoice test_device_choice();

/// Whether it has values of this type: OpenCL devices have no 16-bit floats.
bool test_device_has(ir::ElementType element);

}  // namespace kiln::tests
