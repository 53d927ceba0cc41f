// What goes wrong with devices, in the same words for all kinds of them.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/expected.h"
#include "runtime/device/device.h"

namespace kiln::runtime {

/// The device, or its driver, does not do what it was asked for.
Diagnostic device_failure(const DeviceInfo& device, const std::string& what);

/// A block of `bytes` could not be allocated.
Diagnostic no_device_memory(const DeviceInfo& device, int64_t bytes);

/// A kernel asks for a piece of the temporaries that the model was not compiled for.
Diagnostic no_temporary_memory(const DeviceInfo& device, int64_t bytes, int64_t block_bytes);

/// The driver refused a program; of its log the first lines are told.
Diagnostic program_failure(const DeviceInfo& device, const std::string& code,
                           const std::string& log);

/// There are only `count` devices of the kind.
Diagnostic no_such_device(kiln_device_kind kind, int index, int count);

/// "1.5 GiB", "640 bytes"
std::string byte_text(int64_t bytes);

}  // namespace kiln::runtime
