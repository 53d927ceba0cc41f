#include "runtime/model/weights.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/data/npz.h"

namespace kiln::runtime {
namespace {

constexpr const char* kOptimizerPrefix = "optimizer/";

bool is_optimizer_entry(const std::string& name) { return name.rfind(kOptimizerPrefix, 0) == 0; }

// What a training goes on from, besides the weights.
bool is_training_state(const kiln_variable& variable) {
  return variable.role == KILN_OPTIMIZER || variable.role == KILN_RANDOM_STATE;
}

bool is_saved(const kiln_variable& variable) {
  return is_weight(variable) || is_training_state(variable);
}

std::string entry_name(const kiln_variable& variable) {
  std::string name = variable.tensor.name;
  if (variable.role != KILN_OPTIMIZER || is_optimizer_entry(name)) return name;
  return kOptimizerPrefix + name;
}

// An array of the file and the variable that it is for.
struct Match {
  const kiln_variable* variable;
  const Array* array;
};

Status check_match(const Match& match, const std::string& path) {
  const kiln_tensor& tensor = match.variable->tensor;
  const std::span<const int64_t> dims = dims_of(tensor);
  if (match.array->type == element_type_of(tensor) &&
      std::equal(dims.begin(), dims.end(), match.array->dims.begin(), match.array->dims.end())) {
    return ok();
  }
  return Diagnostic{path,
                    "\"" + entry_name(*match.variable) + "\" is " + match.array->name() +
                        ", the model has " + tensor_name(tensor),
                    "the file belongs to another model"};
}

Status check_no_strangers(const std::vector<NamedArray>& arrays, const Session& session,
                          const std::string& path) {
  for (const NamedArray& named : arrays) {
    bool known = is_optimizer_entry(named.name);
    for (const kiln_variable& variable : variables_of(session.model())) {
      known = known || (is_saved(variable) && entry_name(variable) == named.name);
    }
    if (!known) {
      return Diagnostic{path, "the model has no variable \"" + named.name + "\"",
                        "the file belongs to another model"};
    }
  }
  return ok();
}

Diagnostic missing(const kiln_variable& variable, const std::string& path) {
  const std::string name = entry_name(variable);
  if (variable.role == KILN_OPTIMIZER) {
    return {path, "holds a part of the optimizer's state, without \"" + name + "\"",
            "the file belongs to another model, or to another optimizer"};
  }
  return {path, "holds no array \"" + name + "\"", "the file belongs to another model"};
}

// The arrays of a file that kiln wrote, or numpy.savez. What reads Keras's files has looked at them
// before.
Expected<std::vector<NamedArray>> load_arrays_of_weights(const std::string& path) {
  const char* const kHow =
      "a program made from a Keras model reads .keras, .weights.h5 and .h5; one made from IR text "
      "reads .npz alone";
  Expected<std::vector<NamedArray>> arrays = load_npz(path);
  if (!arrays && (path.ends_with(".h5") || path.ends_with(".hdf5")))
    return Diagnostic{arrays.error().where, arrays.error().message, kHow};
  if (arrays && arrays->empty()) return Diagnostic{path, "holds no arrays (.npy)", kHow};
  return arrays;
}

}  // namespace

Status save_weights(const Session& session, const std::string& path, SaveState what) {
  std::vector<NamedArray> arrays;
  for (const kiln_variable& variable : variables_of(session.model())) {
    if (!is_saved(variable)) continue;
    if (is_training_state(variable) && what == SaveState::kWeights) continue;
    KILN_ASSIGN(Array value, session.value(variable));
    arrays.push_back({entry_name(variable), std::move(value)});
  }
  return save_npz(path, arrays);
}

Expected<LoadedState> load_weights(Session& session, const std::string& path) {
  KILN_ASSIGN(const std::vector<NamedArray> arrays, load_arrays_of_weights(path));
  KILN_TRY(check_no_strangers(arrays, session, path));
  LoadedState loaded;
  std::vector<Match> matches;
  const kiln_variable* missing_slot = nullptr;
  for (const kiln_variable& variable : variables_of(session.model())) {
    if (!is_saved(variable)) continue;
    const Match match{&variable, find_array(arrays, entry_name(variable))};
    if (match.array == nullptr) {
      if (is_weight(variable)) return missing(variable, path);
      if (variable.role == KILN_OPTIMIZER) missing_slot = &variable;
      continue;
    }
    KILN_TRY(check_match(match, path));
    matches.push_back(match);
    loaded.add(variable);
  }
  if (loaded.optimizer && missing_slot != nullptr) return missing(*missing_slot, path);
  // Only now, when the file is known to be right, is the session changed.
  for (const Match& match : matches)
    KILN_TRY(session.set_value(*match.variable, match.array->data()));
  return loaded;
}

Status WeightFiles::check_path(const std::string& path) const {
  std::string all;
  for (const std::string& ending : endings) {
    if (path.ends_with(ending)) return ok();
    all += (all.empty() ? "" : " or ") + ending;
  }
  return Diagnostic{path, "is not a kind of file that the model can be saved to",
                    "the name must end in " + all};
}

}  // namespace kiln::runtime
