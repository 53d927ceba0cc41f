// How much of a device's memory a model takes, known before any of it is allocated.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/abi.h"
#include "runtime/base/expected.h"
#include "runtime/device/device.h"

namespace kiln::runtime {

/// Runs of a function that a device may have before it, so that it never waits for the host: each
/// has inputs of its own.
inline constexpr int kCallsInFlight = 3;

struct MemoryNeed {
  int64_t state = 0;
  int64_t arena = 0;
  int64_t temporaries = 0;
  int64_t constants = 0;
  int64_t inputs = 0;  ///< of all calls in flight
  int64_t outputs = 0;

  int64_t total() const { return state + arena + temporaries + constants + inputs + outputs; }
  /// "state 1.2 MiB, arena 640 bytes, ..."
  std::string text() const;
};

/// What a session takes that trains and validates, or predicts, with the code for `target`.
MemoryNeed memory_need(const kiln_model& model, const kiln_target& target);

/// Whether the device has as much. The environment's KILN_DEVICE_MEMORY, in MiB, may allow less.
Status check_memory(const MemoryNeed& need, Device& device);

/// What the device has for more than its session, where that is allocated: less than nothing at
/// worst. A part is left to other users of the memory.
Expected<int64_t> spare_memory(Device& device);

}  // namespace kiln::runtime
