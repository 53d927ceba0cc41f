// The device that code runs on which is compiled at once.
#pragma once

#include <string>

#include "frontend/compiler.h"
#include "runtime/base/expected.h"
#include "runtime/device/devices.h"

namespace kiln {

/// Finds out which device is meant ("auto" is the best that the machine has) and sets `options` to
/// make code for it.
Expected<runtime::DeviceChoice> compile_for_device(const runtime::DeviceChoice& choice,
                                                   CompilerOptions& options);

}  // namespace kiln
