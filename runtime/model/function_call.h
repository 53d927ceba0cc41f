// A model's function with buffers for what goes in and comes out.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/device/device.h"
#include "runtime/model/session.h"
#include "runtime/model/tensor_block.h"

namespace kiln::runtime {

/// Runs a function again and again, on values of the host or of the session's device. Those of the
/// host are copied to the device while it works on earlier runs, and outputs stay there until they
/// are asked for. On the CPU nothing is copied.
class FunctionCall {
 public:
  /// The session must outlive the call.
  static Expected<FunctionCall> create(Session& session, const kiln_function& function);

  const kiln_function& function() const { return *function_; }

  /// Comes before the inputs of a run. Waits until a device has few runs left to do.
  Status begin();

  /// Where the host puts the values of an input, aligned to KILN_ALIGNMENT.
  std::byte* input(size_t index);

  /// Instead, for all inputs of a run that are not in place: where kernels of the device put them.
  std::byte* device_input(size_t index);

  /// Instead: takes values where they are in the session's memory, aligned to KILN_ALIGNMENT.
  void use_in_place(size_t index, const void* values) { inputs_[index] = values; }
  /// Whether that is the host's.
  bool runs_on_host() const { return session_->device() == nullptr; }

  /// A device may still be working on it.
  Status run();

  /// Runs so far.
  int64_t runs() const { return runs_; }

  /// Has a device send the outputs of the last run.
  Status fetch();
  /// What was fetched of run `number`, counted from 0: the last one, or one that is at most
  /// runs_ahead() before it. Waits for it.
  Expected<const std::byte*> outputs(int64_t number);
  /// Where output `index` lies in them.
  int64_t output_offset(size_t index) const { return output_layout_.offsets[index]; }
  /// By how many runs the host should fall behind, so that a device need not wait for it.
  int runs_ahead() const { return session_->device() == nullptr ? 0 : 1; }

 private:
  // The host's side of a run, and its inputs on the device; on the CPU these are the host's.
  struct Slot {
    MemoryBlock inputs, device_inputs, outputs;
    DeviceEvent done;
  };

  FunctionCall(Session& session, const kiln_function& function);
  Status allocate_on_host();
  Status allocate_on_device(Device& device);
  Slot& slot_of(int64_t number) { return slots_[static_cast<size_t>(number) % slots_.size()]; }
  Status run_on_device(Device& device, Slot& slot);

  Session* session_;
  const kiln_function* function_;
  TensorBlock input_layout_, output_layout_;
  std::vector<Slot> slots_;
  int64_t runs_ = 0;
  MemoryBlock outputs_;              ///< where the function runs
  std::vector<const void*> inputs_;  ///< of the next run
  bool has_host_inputs_ = false;     ///< the next run
  std::vector<void*> output_addresses_;
};

}  // namespace kiln::runtime
