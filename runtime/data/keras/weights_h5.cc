// parse_weights_h5() of saved_weights.h.
#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "runtime/data/keras/saved_weights.h"

namespace kiln::runtime {
namespace {

const char* const kOtherModel = "the file belongs to another model";

/// The layer of a variable's name or of a group, for messages: "dense/kernel" to "dense".
std::string layer_of(const std::string& variable) { return variable.substr(0, variable.find('/')); }

std::string dataset_name(const SavedObject& object, size_t index) {
  return object.variables_group() + "/" + std::to_string(index);
}

std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

std::string lower_case(std::string text) {
  for (char& letter : text)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return text;
}

/// The class to whose optimizers Keras gives such a name by itself: rm_sprop_1. Empty where it is
/// the user's.
std::string class_of_optimizer(std::string name, const std::vector<std::string>& classes) {
  name.resize(name.find_last_not_of("0123456789") + 1);
  std::erase(name, '_');
  for (const std::string& known : classes)
    if (lower_case(known) == name) return known;
  return "";
}

/// Some weights are held by two objects, of which one may fit: Keras takes what it finds last.
void keep_one_of_each(SavedWeights& saved) {
  std::set<std::string> seen;
  const auto is_repeated = [&](const std::string& name) { return !seen.insert(name).second; };
  std::reverse(saved.weights.begin(), saved.weights.end());
  std::erase_if(saved.weights, [&](const NamedArray& array) { return is_repeated(array.name); });
  std::reverse(saved.weights.begin(), saved.weights.end());
  std::erase_if(saved.left, is_repeated);
}

class Reading {
 public:
  Reading(const Hdf5Contents& contents, std::string where)
      : contents_(contents), where_(std::move(where)) {}

  Status check_layers(const SavedLayout& layout) const {
    std::set<std::string> expected;
    for (const SavedObject& object : layout.objects) {
      for (size_t i = 0; i < object.variables.size(); ++i) {
        expected.insert(dataset_name(object, i));
        if (contents_.datasets.count(dataset_name(object, i)) == 0) return missing(object, i);
      }
    }
    for (const auto& [path, dataset] : contents_.datasets) {
      const bool of_layer = path.rfind("layers/", 0) == 0 || path.rfind("vars/", 0) == 0;
      if (of_layer && expected.count(path) == 0) return stranger(path);
    }
    return ok();
  }

  Expected<std::vector<NamedArray>> read(const SavedObject& object) const {
    std::vector<NamedArray> arrays;
    for (size_t i = 0; i < object.variables.size(); ++i) {
      KILN_ASSIGN(Array array, value(object.variables[i], dataset_name(object, i)));
      arrays.push_back({object.variables[i].name, std::move(array)});
    }
    return arrays;
  }

  /// The weights that fit, as Keras's skip_mismatch has it: none of a layer of which the file has
  /// another number of weights, else those up to the first of another shape.
  SavedWeights read_fitting(const SavedLayout& layout) const {
    SavedWeights saved;
    for (const SavedObject& object : layout.objects) {
      bool fits = variable_count(object) == object.variables.size();
      for (size_t i = 0; i < object.variables.size(); ++i) {
        const std::string path = dataset_name(object, i);
        fits = fits && contents_.datasets.contains(path);
        const auto array = fits ? value(object.variables[i], path) : Expected<Array>(Diagnostic{});
        fits = fits && array;
        if (fits)
          saved.weights.push_back({object.variables[i].name, *array});
        else
          saved.left.push_back(object.variables[i].name);
      }
    }
    keep_one_of_each(saved);
    return saved;
  }

  /// Why the file's state is not that of the model's optimizer; empty: it is.
  std::string mismatch(const std::vector<std::string>& classes, const SavedObject& object) const {
    const size_t count = variable_count(object);
    const auto name = contents_.names.find(object.variables_group());
    const std::string writer =
        name == contents_.names.end() ? "" : class_of_optimizer(name->second, classes);
    if (!writer.empty() && writer != classes[0])
      return "is of " + writer + ", the model has " + classes[0];
    if (count != object.variables.size()) {
      return "has " + std::to_string(count) + " variables, that of the model " +
             std::to_string(object.variables.size());
    }
    for (size_t i = 0; i < count; ++i) {
      const auto dataset = contents_.datasets.find(dataset_name(object, i));
      if (dataset == contents_.datasets.end() || dataset->second.dims != object.variables[i].dims)
        return "does not fit the model's " + in_quotes(object.variables[i].name);
    }
    return "";
  }

  size_t variable_count(const SavedObject& object) const {
    const std::string prefix = object.variables_group() + "/";
    const auto begin = contents_.datasets.lower_bound(prefix);
    return static_cast<size_t>(
        std::count_if(begin, contents_.datasets.end(),
                      [&](const auto& entry) { return entry.first.rfind(prefix, 0) == 0; }));
  }

 private:
  std::string at_layer_of(const SavedVariable& variable) const {
    return where_ + ": layer " + in_quotes(layer_of(variable.name));
  }

  Diagnostic missing(const SavedObject& object, size_t index) const {
    const SavedVariable& variable = object.variables[index];
    return {at_layer_of(variable),
            "the file has no " + in_quotes(dataset_name(object, index)) + " for " + variable.name,
            kOtherModel};
  }

  Diagnostic stranger(const std::string& path) const {
    const std::string group = path.substr(0, path.rfind('/'));
    const auto name = contents_.names.find(group);
    const std::string layer =
        name == contents_.names.end() ? "" : ", layer " + in_quotes(name->second);
    return {where_, "the model has nothing for the file's " + in_quotes(path) + layer, kOtherModel};
  }

  Expected<Array> value(const SavedVariable& variable, const std::string& path) const {
    const Hdf5Dataset& dataset = contents_.datasets.at(path);
    const std::string what = in_quotes(path) + " for " + variable.name + " is ";
    if (!dataset.type || is_floating(*dataset.type) != is_floating(variable.type)) {
      return Diagnostic{
          at_layer_of(variable),
          what + "not of a type of numbers that kiln can read as " + element_name(variable.type),
          "save the model with the dtype policy float32"};
    }
    if (dataset.dims != variable.dims) {
      return Diagnostic{at_layer_of(variable),
                        what + tensor_name(*dataset.type, dataset.dims) + ", the model has " +
                            tensor_name(variable.type, variable.dims),
                        kOtherModel};
    }
    return convert(copy_of(*dataset.type, dataset.dims, dataset.values.data()), variable.type);
  }

  const Hdf5Contents& contents_;
  std::string where_;
};

/// From the order of the file's groups to Keras's order of weights.
std::vector<NamedArray> in_order(const std::vector<NamedArray>& arrays,
                                 const std::vector<SavedVariable>& order) {
  std::vector<NamedArray> result;
  for (const SavedVariable& variable : order) {
    if (const Array* array = find_array(arrays, variable.name))
      result.push_back({variable.name, *array});
  }
  return result;
}

/// The states of random generators, where the file has all of them: Keras's have none.
Status read_random_states(const Reading& reading, const SavedObject& object, SavedWeights& saved) {
  if (reading.variable_count(object) != object.variables.size()) return ok();
  KILN_ASSIGN(saved.random_states, reading.read(object));
  return ok();
}

Status read_optimizer_state(const Reading& reading, const SavedLayout& layout,
                            SavedWeights& saved) {
  const SavedObject& object = *layout.optimizer;
  // Iterations, and a learning rate that follows no schedule: Keras makes the rest when it first
  // trains.
  const size_t without_slots = std::any_of(object.variables.begin(), object.variables.end(),
                                           [](const SavedVariable& variable) {
                                             return variable.name == "optimizer/learning_rate";
                                           })
                                   ? 2
                                   : 1;
  const size_t count = reading.variable_count(object);
  if (count == 0 || (count == without_slots && object.variables.size() > without_slots))
    return ok();
  saved.note = reading.mismatch(layout.optimizer_classes, object);
  if (!saved.note.empty()) {
    saved.note = passed_over(saved.note);
    return ok();
  }
  KILN_ASSIGN(saved.optimizer, reading.read(object));
  saved.has_optimizer = true;
  return ok();
}

}  // namespace

Expected<SavedWeights> parse_weights_h5(const SavedLayout& layout, const std::string& where,
                                        const Hdf5Contents& contents, const LoadingRules& rules) {
  const Reading reading(contents, where);
  if (rules.by_name) {
    return Diagnostic{where, "keeps layers by their order and class, not by names",
                      "as in Keras, only older .h5 files are read by name"};
  }
  if (rules.skip_mismatch) return reading.read_fitting(layout);
  KILN_TRY(reading.check_layers(layout));
  SavedWeights saved;
  std::vector<NamedArray> weights;
  for (const SavedObject& object : layout.objects) {
    KILN_ASSIGN(std::vector<NamedArray> arrays, reading.read(object));
    std::move(arrays.begin(), arrays.end(), std::back_inserter(weights));
  }
  saved.weights = in_order(weights, layout.weights);
  if (layout.optimizer) KILN_TRY(read_optimizer_state(reading, layout, saved));
  KILN_TRY(read_random_states(reading, layout.random_states, saved));
  return saved;
}

}  // namespace kiln::runtime
