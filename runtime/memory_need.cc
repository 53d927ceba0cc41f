#include "runtime/memory_need.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "runtime/device/device_errors.h"
#include "runtime/model_table.h"
#include "runtime/tensor_block.h"

namespace kiln::runtime {
namespace {

constexpr const char* kSmaller = "a smaller batch size needs less";

std::optional<int64_t> allowed_bytes() {
  const char* const text = std::getenv("KILN_DEVICE_MEMORY");
  if (text == nullptr || *text == 0) return std::nullopt;
  return std::strtoll(text, nullptr, 10) << 20;
}

}  // namespace

std::string MemoryNeed::text() const {
  return "state " + byte_text(state) + ", arena " + byte_text(arena) + ", constants " +
         byte_text(constants) + ", inputs " + byte_text(inputs) + ", outputs " + byte_text(outputs);
}

MemoryNeed memory_need(const kiln_model& model) {
  MemoryNeed need;
  need.state = model.state_bytes;
  need.arena = arena_bytes_of(model);
  need.constants = model.constants_bytes;
  int64_t prediction_inputs = 0;
  int64_t prediction_outputs = 0;
  for (const kiln_function& function : functions_of(model)) {
    const bool predicts = std::string_view(function.name) == "predict_step";
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
  const std::optional<int64_t> free = device.free_bytes();
  int64_t there = free.value_or(info.memory_bytes);
  const char* kind = free ? "free" : "of memory";
  if (const std::optional<int64_t> allowed = allowed_bytes(); allowed && *allowed < there) {
    there = *allowed;
    kind = "by KILN_DEVICE_MEMORY";
  }
  if (need.total() > there) {
    return Diagnostic{info.title(),
                      "the model needs " + byte_text(need.total()) + ", the device has " +
                          byte_text(there) + " " + kind,
                      need.text() + "; " + kSmaller};
  }
  const int64_t largest = std::max({need.state, need.arena, need.constants});
  if (largest <= info.largest_block_bytes) return ok();
  return Diagnostic{info.title(),
                    "the model needs a block of " + byte_text(largest) +
                        ", the device gives at most " + byte_text(info.largest_block_bytes) +
                        " at once",
                    need.text() + "; " + kSmaller};
}

}  // namespace kiln::runtime
