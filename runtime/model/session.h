// A model in use: its table of functions together with the memory they run on, their device and
// their threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/abi.h"
#include "runtime/base/array.h"
#include "runtime/base/expected.h"
#include "runtime/base/thread_pool.h"
#include "runtime/device/device.h"
#include "runtime/device/devices.h"
#include "runtime/device/memory.h"
#include "runtime/model/model_table.h"

namespace kiln::runtime {

/// A model with its state, its arena and its threads. One thread at a time may use a Session.
class Session {
 public:
  /// `model` must outlive the session; `threads` is ThreadPool's: 0 means all CPUs. All variables
  /// are zero until initialize(), restore() or load_weights(). Errors: another ABI version, a table
  /// that contradicts itself, a device that is not there or that there is no code for, no memory.
  static Expected<Session> create(const kiln_model* model, int threads,
                                  const DeviceChoice& device = {});

  const kiln_model& model() const { return *model_; }
  ThreadPool& pool() { return *pool_; }

  /// What the model runs on where that is not the CPU, else null.
  Device* device() const { return device_; }
  /// Where the model's blocks are, and the buffers of its functions.
  const std::shared_ptr<Memory>& memory() const { return memory_; }
  /// The target of the model whose code runs.
  const kiln_target& target() const { return model_->targets[target_]; }

  /// Runs the model's `init`: weights from their initializers, slots and counters to zero. The same
  /// seed gives the same values.
  Status initialize(uint64_t seed);

  /// The function called `name`, or null.
  const kiln_function* find_function(std::string_view name) const;

  /// The same, or a Diagnostic that says what such a model cannot do.
  Expected<const kiln_function*> function(std::string_view name) const;

  /// Runs one of the model's functions. Buffers are as in kiln_run: in memory(). FunctionCall has
  /// them on the host.
  Status run(const kiln_function& function, const void* const* inputs, void* const* outputs);

  /// The variable's value. It may be a view: it is of use until the session's variables change.
  Expected<Array> value(const kiln_variable& variable) const;
  /// Sets the variable to the byte_count(variable.tensor) bytes of `value`.
  Status set_value(const kiln_variable& variable, const void* value);

  /// The variable called `name`, or null.
  const kiln_variable* find_variable(std::string_view name) const;

  /// The model's weights in Keras's order, that of model.get_weights().
  std::vector<const kiln_variable*> weights() const;

  /// Sets the metrics' counters to zero.
  Status reset_metrics();

  /// Has recurrent layers forget the states that they keep from batch to batch, as Keras's
  /// reset_state().
  Status reset_states();

  /// A copy of all variables; restore() takes it back, in this or another session of the same
  /// model.
  Expected<std::vector<std::byte>> snapshot() const;
  Status restore(std::span<const std::byte> snapshot);

 private:
  Session(const kiln_model* model, int threads, const OpenedDevice& device);
  Status allocate_blocks();
  Status zero(kiln_variable_role role);
  std::byte* address(const kiln_variable& variable) const { return state_.get() + variable.offset; }

  const kiln_model* model_;
  std::unique_ptr<ThreadPool> pool_;
  std::shared_ptr<Memory> memory_;
  Device* device_;  ///< `memory_` where that is a device's
  size_t target_;
  void* context_;  ///< of kiln_run
  MemoryBlock state_, arena_;
  MemoryBlock temporaries_;  ///< of a device's kernels
  MemoryBlock constants_;    ///< a copy on the device; null: the model's own
};

/// The value of a variable that is one number of the C++ type of its element type.
template <typename Number>
Expected<Number> number_of(const Session& session, const kiln_variable& variable) {
  KILN_ASSIGN(const Array value, session.value(variable));
  return *value.as<Number>();
}

}  // namespace kiln::runtime
