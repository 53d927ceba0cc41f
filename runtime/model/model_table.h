// The compiler's table of a model in C++'s terms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/abi.h"

namespace kiln::runtime {

/// Whether the variable is one of model.get_weights().
inline bool is_weight(const kiln_variable& variable) {
  return variable.role == KILN_TRAINABLE || variable.role == KILN_NON_TRAINABLE;
}

/// Whether recurrent layers keep states from batch to batch. Then all batches must be whole.
bool keeps_states(const kiln_model& model);

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
inline std::span<const kiln_target> targets_of(const kiln_model& model) {
  return {model.targets, static_cast<size_t>(model.target_count)};
}
inline std::span<const kiln_tensor> inputs_of(const kiln_function& function) {
  return {function.inputs, static_cast<size_t>(function.input_count)};
}
inline std::span<const kiln_tensor> outputs_of(const kiln_function& function) {
  return {function.outputs, static_cast<size_t>(function.output_count)};
}

/// The kinds of devices that the model has code for, in the order of its targets.
std::vector<kiln_device_kind> device_kinds_of(const kiln_model& model);

/// Its targets' names, "x86-64-linux-..., x86-64-linux-opencl".
std::string target_names(const kiln_model& model);

/// The largest of its functions' arenas.
int64_t arena_bytes_of(const kiln_model& model);

}  // namespace kiln::runtime
