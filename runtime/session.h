// A model in use: its table of functions together with the memory they run on and their threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi.h"
#include "runtime/array.h"
#include "runtime/block.h"
#include "runtime/expected.h"
#include "runtime/thread_pool.h"

namespace kiln::runtime {

/// Whether the variable is one of model.get_weights().
inline bool is_weight(const kiln_variable& variable) {
  return variable.role == KILN_TRAINABLE || variable.role == KILN_NON_TRAINABLE;
}

/// A tensor of the model's table by its parts.
inline kiln_element_type element_type_of(const kiln_tensor& tensor) {
  return static_cast<kiln_element_type>(tensor.element_type);
}
inline std::span<const int64_t> dims_of(const kiln_tensor& tensor) {
  return {tensor.dims, static_cast<size_t>(tensor.rank)};
}
/// "32x784xf32", as in messages.
std::string tensor_name(const kiln_tensor& tensor);
/// The size of the dense tensor.
int64_t byte_count(const kiln_tensor& tensor);

/// The table's arrays as ranges.
inline std::span<const kiln_variable> variables_of(const kiln_model& model) {
  return {model.variables, static_cast<size_t>(model.variable_count)};
}
inline std::span<const kiln_function> functions_of(const kiln_model& model) {
  return {model.functions, static_cast<size_t>(model.function_count)};
}
inline std::span<const kiln_input> inputs_of(const kiln_model& model) {
  return {model.inputs, static_cast<size_t>(model.input_count)};
}
inline std::span<const kiln_output> outputs_of(const kiln_model& model) {
  return {model.outputs, static_cast<size_t>(model.output_count)};
}
inline std::span<const kiln_tensor> inputs_of(const kiln_function& function) {
  return {function.inputs, static_cast<size_t>(function.input_count)};
}
inline std::span<const kiln_tensor> outputs_of(const kiln_function& function) {
  return {function.outputs, static_cast<size_t>(function.output_count)};
}

/// A model with its state, its arena and its threads. One thread at a time may use a Session.
class Session {
 public:
  /// `model` must outlive the session; `threads` is ThreadPool's: 0 means all CPUs. All variables
  /// are zero until initialize(), restore() or load_weights(). Errors: another ABI version, a table
  /// that contradicts itself, no memory.
  static Expected<Session> create(const kiln_model* model, int threads);

  const kiln_model& model() const { return *model_; }
  ThreadPool& pool() { return *pool_; }

  /// Runs the model's `init`: weights from their initializers, slots and counters to zero. The same
  /// seed gives the same values.
  Status initialize(uint64_t seed);

  /// The function called `name`, or null.
  const kiln_function* find_function(std::string_view name) const;

  /// The same, or a Diagnostic that says what such a model cannot do.
  Expected<const kiln_function*> function(std::string_view name) const;

  /// Runs one of the model's functions. Buffers are as in kiln_run.
  Status run(const kiln_function& function, const void* const* inputs, void* const* outputs);

  /// The variable's place in the state; its size is byte_count(variable.tensor).
  std::byte* data(const kiln_variable& variable) const { return state_.get() + variable.offset; }

  /// The variable called `name`, or null.
  const kiln_variable* find_variable(std::string_view name) const;

  /// The model's weights in Keras's order, that of model.get_weights().
  std::vector<const kiln_variable*> weights() const;

  /// Sets the metrics' counters to zero.
  void reset_metrics();

  /// A copy of all variables; restore() takes it back, in this or another session of the same
  /// model.
  std::vector<std::byte> snapshot() const;
  Status restore(std::span<const std::byte> snapshot);

 private:
  Session(const kiln_model* model, Block state, Block arena, std::unique_ptr<ThreadPool> pool);

  const kiln_model* model_;
  Block state_;
  Block arena_;
  std::unique_ptr<ThreadPool> pool_;
};

}  // namespace kiln::runtime
