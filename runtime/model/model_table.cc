#include "runtime/model/model_table.h"

#include <algorithm>

#include "runtime/base/array.h"

namespace kiln::runtime {

std::string tensor_name(const kiln_tensor& tensor) {
  return tensor_name(element_type_of(tensor), dims_of(tensor));
}

int64_t byte_count(const kiln_tensor& tensor) {
  return checked_byte_count(element_type_of(tensor), dims_of(tensor)).value_or(0);
}

std::vector<kiln_device_kind> device_kinds_of(const kiln_model& model) {
  std::vector<kiln_device_kind> kinds;
  for (const kiln_target& target : targets_of(model))
    kinds.push_back(static_cast<kiln_device_kind>(target.device));
  return kinds;
}

std::string target_names(const kiln_model& model) {
  std::string names;
  for (const kiln_target& target : targets_of(model))
    names += std::string(names.empty() ? "" : ", ") + target.name;
  return names;
}

bool keeps_states(const kiln_model& model) {
  return std::ranges::any_of(variables_of(model), [](const kiln_variable& variable) {
    return variable.role == KILN_RECURRENT_STATE;
  });
}

int64_t arena_bytes_of(const kiln_model& model) {
  int64_t bytes = 0;
  for (const kiln_function& function : functions_of(model))
    bytes = std::max(bytes, function.arena_bytes);
  return bytes;
}

}  // namespace kiln::runtime
