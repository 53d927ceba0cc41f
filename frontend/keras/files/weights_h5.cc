#include "frontend/keras/files/weights_h5.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "frontend/keras/files/hdf5_writer.h"
#include "frontend/keras/files/layout.h"
#include "runtime/base/file.h"

namespace kiln::keras {
namespace {

using runtime::Array;
using runtime::NamedArray;

/// Every array is a variable, and there is one for every variable.
Status check_complete(const std::vector<NamedArray>& arrays,
                      const std::vector<SavedVariable>& variables, const std::string& where) {
  for (const NamedArray& named : arrays) {
    const bool known =
        std::any_of(variables.begin(), variables.end(),
                    [&](const SavedVariable& variable) { return variable.name == named.name; });
    if (!known)
      return Diagnostic{where, fmt::format("the model has no variable \"{}\"", named.name), ""};
  }
  for (const SavedVariable& variable : variables) {
    const Array* array = runtime::find_array(arrays, variable.name);
    if (array == nullptr)
      return Diagnostic{where, fmt::format("there are no values for \"{}\"", variable.name), ""};
    if (array->type == variable.type && array->dims == variable.dims) continue;
    return Diagnostic{
        where,
        fmt::format("the values for \"{}\" are {}, the model has {}", variable.name, array->name(),
                    runtime::tensor_name(variable.type, variable.dims)),
        ""};
  }
  return ok();
}

Hdf5Group group_of(const SavedObject& object, const std::vector<NamedArray>& arrays) {
  Hdf5Group group{object.variables_group(), object.name, {}};
  for (const SavedVariable& variable : object.variables) {
    group.members.push_back(*runtime::find_array(arrays, variable.name));
  }
  return group;
}

/// The state of an optimizer that has not trained yet.
std::vector<NamedArray> fresh_state(const SavedObject& optimizer) {
  std::vector<NamedArray> arrays;
  for (const SavedVariable& variable : optimizer.variables) {
    Array array = runtime::allocate(variable.type, variable.dims);
    if (array.type == KILN_F32)
      std::fill_n(array.as<float>(), array.element_count(), static_cast<float>(variable.initial));
    arrays.push_back({variable.name, std::move(array)});
  }
  return arrays;
}

}  // namespace

Expected<std::vector<std::byte>> format_weights_h5(const std::string& where, const Model& model,
                                                   const std::vector<NamedArray>& weights,
                                                   const std::vector<NamedArray>& state) {
  KILN_ASSIGN(const SavedLayout layout, saved_layout(model));
  KILN_TRY(check_complete(weights, layout.weights, where));
  std::vector<Hdf5Group> groups;
  for (const SavedObject& object : layout.objects) groups.push_back(group_of(object, weights));
  if (layout.optimizer && state.empty()) {
    groups.push_back(group_of(*layout.optimizer, fresh_state(*layout.optimizer)));
    return write_hdf5(where, groups);
  }
  std::vector<SavedVariable> variables;
  if (layout.optimizer) variables = layout.optimizer->variables;
  const std::vector<SavedVariable>& random = layout.random_states.variables;
  const bool has_random =
      !random.empty() && runtime::find_array(state, random.front().name) != nullptr;
  if (has_random) variables.insert(variables.end(), random.begin(), random.end());
  KILN_TRY(check_complete(state, variables, where));
  if (layout.optimizer) groups.push_back(group_of(*layout.optimizer, state));
  if (has_random) groups.push_back(group_of(layout.random_states, state));
  return write_hdf5(where, groups);
}

Expected<SavedWeights> read_weights_h5(const Model& model, const std::string& path) {
  KILN_ASSIGN(const SavedLayout layout, saved_layout(model));
  KILN_ASSIGN(const runtime::FileBytes file, runtime::map_file(path));
  KILN_ASSIGN(const runtime::Hdf5Contents contents,
              runtime::read_hdf5(path, {file.bytes.get(), static_cast<size_t>(file.size)}));
  return runtime::parse_weights_h5(layout, path, contents);
}

Status write_weights_h5(const std::string& path, const Model& model,
                        const std::vector<NamedArray>& weights,
                        const std::vector<NamedArray>& state) {
  KILN_ASSIGN(const std::vector<std::byte> bytes, format_weights_h5(path, model, weights, state));
  return runtime::write_file(path, bytes);
}

}  // namespace kiln::keras
