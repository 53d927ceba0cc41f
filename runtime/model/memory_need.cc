#include "runtime/model/memory_need.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#include "runtime/device/device_errors.h"
#include "runtime/model/model_table.h"
#include "runtime/model/tensor_block.h"

namespace kiln::runtime {
namespace {

constexpr const char* kSmaller = "a smaller batch size needs less";

// What the environment allows; nothing: all.
Expected<std::optional<int64_t>> allowed_bytes() {
  constexpr const char* kVariable = "KILN_DEVICE_MEMORY";
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max() >> 20;
  const char* const text = std::getenv(kVariable);
  if (text == nullptr || *text == 0) return std::optional<int64_t>();
  const char* const end = text + std::strlen(text);
  int64_t mebibytes = 0;
  const auto [rest, error] = std::from_chars(text, end, mebibytes);
  if (error == std::errc() && rest == end && mebibytes >= 0 && mebibytes <= kMost)
    return std::optional<int64_t>(mebibytes << 20);
  return Diagnostic{kVariable, "\"" + std::string(text) + "\" is not a number of MiB", ""};
}

struct AvailableMemory {
  int64_t bytes;
  const char* kind;  // "the device has 1.5 GiB KIND"
};

Expected<AvailableMemory> available_memory(Device& device) {
  const std::optional<int64_t> free = device.free_bytes();
  AvailableMemory there{free.value_or(device.info().memory_bytes - device.allocated_bytes()),
                        free ? "free" : "of memory"};
  KILN_ASSIGN(const std::optional<int64_t> allowed, allowed_bytes());
  if (allowed && *allowed - device.allocated_bytes() < there.bytes)
    there = {*allowed - device.allocated_bytes(), "by KILN_DEVICE_MEMORY"};
  return there;
}

}  // namespace

std::string MemoryNeed::text() const {
  return "state " + byte_text(state) + ", arena " + byte_text(arena) + ", temporaries " +
         byte_text(temporaries) + ", constants " + byte_text(constants) + ", inputs " +
         byte_text(inputs) + ", outputs " + byte_text(outputs);
}

MemoryNeed memory_need(const kiln_model& model, const kiln_target& target) {
  MemoryNeed need;
  need.state = model.state_bytes;
  need.arena = arena_bytes_of(model);
  need.temporaries = target.temporary_bytes;
  need.constants = model.constants_bytes;
  int64_t prediction_inputs = 0;
  int64_t prediction_outputs = 0;
  for (const kiln_function& function : functions_of(model)) {
    const bool predicts = std::string_view(function.name).starts_with("predict_step");
    (predicts ? prediction_inputs : need.inputs) +=
        kCallsInFlight * packed(inputs_of(function)).bytes;
    (predicts ? prediction_outputs : need.outputs) += packed(outputs_of(function)).bytes;
  }
  need.inputs = std::max(need.inputs, prediction_inputs);
  need.outputs = std::max(need.outputs, prediction_outputs);
  return need;
}

Status check_memory(const MemoryNeed& need, Device& device) {
  const DeviceInfo& info = device.info();
  KILN_ASSIGN(const AvailableMemory there, available_memory(device));
  if (need.total() > there.bytes) {
    return Diagnostic{info.title(),
                      "the model needs " + byte_text(need.total()) + ", the device has " +
                          byte_text(there.bytes) + " " + there.kind,
                      need.text() + "; " + kSmaller};
  }
  const int64_t largest = std::max({need.state, need.arena, need.temporaries, need.constants});
  if (largest <= info.largest_block_bytes) return ok();
  return Diagnostic{info.title(),
                    "the model needs a block of " + byte_text(largest) +
                        ", the device gives at most " + byte_text(info.largest_block_bytes) +
                        " at once",
                    need.text() + "; " + kSmaller};
}

Expected<int64_t> spare_memory(Device& device) {
  KILN_ASSIGN(const AvailableMemory there, available_memory(device));
  // What is no GPU works in the host's memory, where the examples are already.
  const int64_t left = device.info().is_gpu ? 8 : 2;
  return there.bytes - (there.bytes + device.allocated_bytes()) / left;
}

}  // namespace kiln::runtime
