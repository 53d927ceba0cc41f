// Reading of weights_h5.h.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "frontend/keras/files/hdf5_reader.h"
#include "frontend/keras/files/layout.h"
#include "frontend/keras/files/weights_h5.h"
#include "runtime/base/file.h"

namespace kiln::keras {
namespace {

using runtime::Array;
using runtime::NamedArray;

const char* const kOtherModel = "the file belongs to another model";

std::string type_name(const ir::Type& type) {
  return runtime::tensor_name(static_cast<kiln_element_type>(type.element), type.shape);
}

/// The layer of a variable's name or of a group, for messages: "dense/kernel" to "dense".
std::string layer_of(const std::string& variable) { return variable.substr(0, variable.find('/')); }

std::string dataset_name(const SavedObject& object, size_t index) {
  return fmt::format("{}/{}", object.variables_group(), index);
}

/// The optimizer to which Keras gives such a name by itself: rm_sprop_1. Null where it is the
/// user's.
std::shared_ptr<Optimizer> optimizer_called(std::string name) {
  name.resize(name.find_last_not_of("0123456789") + 1);
  std::erase(name, '_');
  return make_optimizer(name);
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
    return saved;
  }

  /// Why the file's state is not that of the model's optimizer; empty: it is.
  std::string mismatch(const Optimizer& optimizer, const SavedObject& object) const {
    const size_t count = variable_count(object);
    const auto name = contents_.names.find(object.variables_group());
    const auto writer = name == contents_.names.end() ? nullptr : optimizer_called(name->second);
    if (writer && writer->class_name() != optimizer.class_name()) {
      return fmt::format("is of {}, the model has {}", writer->class_name(),
                         optimizer.class_name());
    }
    if (count != object.variables.size()) {
      return fmt::format("has {} variables, that of the model {}", count, object.variables.size());
    }
    for (size_t i = 0; i < count; ++i) {
      const auto dataset = contents_.datasets.find(dataset_name(object, i));
      if (dataset == contents_.datasets.end() ||
          dataset->second.dims != object.variables[i].type.shape) {
        return fmt::format("does not fit the model's \"{}\"", object.variables[i].name);
      }
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
  Diagnostic missing(const SavedObject& object, size_t index) const {
    const std::string& name = object.variables[index].name;
    return {fmt::format("{}: layer \"{}\"", where_, layer_of(name)),
            fmt::format("the file has no \"{}\" for {}", dataset_name(object, index), name),
            kOtherModel};
  }

  Diagnostic stranger(const std::string& path) const {
    const std::string group = path.substr(0, path.rfind('/'));
    const auto name = contents_.names.find(group);
    const std::string layer =
        name == contents_.names.end() ? "" : fmt::format(", layer \"{}\"", name->second);
    return {where_, fmt::format("the model has nothing for the file's \"{}\"{}", path, layer),
            kOtherModel};
  }

  Expected<Array> value(const SavedVariable& variable, const std::string& path) const {
    const Hdf5Dataset& dataset = contents_.datasets.at(path);
    const auto wanted = static_cast<kiln_element_type>(variable.type.element);
    const std::string where = fmt::format("{}: layer \"{}\"", where_, layer_of(variable.name));
    if (!dataset.type || runtime::is_floating(*dataset.type) != runtime::is_floating(wanted)) {
      return Diagnostic{
          where,
          fmt::format("\"{}\" for {} is not of a type of numbers that kiln can read as {}", path,
                      variable.name, runtime::element_name(wanted)),
          "save the model with the dtype policy float32"};
    }
    if (dataset.dims != variable.type.shape) {
      return Diagnostic{
          where,
          fmt::format("\"{}\" for {} is {}, the model has {}", path, variable.name,
                      runtime::tensor_name(*dataset.type, dataset.dims), type_name(variable.type)),
          kOtherModel};
    }
    return runtime::convert(runtime::copy_of(*dataset.type, dataset.dims, dataset.values.data()),
                            wanted);
  }

  const Hdf5Contents& contents_;
  std::string where_;
};

/// From the order of the file's groups to Keras's order of weights.
std::vector<NamedArray> in_order(std::vector<NamedArray> arrays,
                                 const std::vector<SavedVariable>& order) {
  std::vector<NamedArray> result;
  for (const SavedVariable& variable : order) {
    if (const Array* array = runtime::find_array(arrays, variable.name))
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

Status read_optimizer_state(const Reading& reading, const Optimizer& optimizer,
                            const SavedObject& object, SavedWeights& saved) {
  // Iterations and learning rate: Keras makes the rest when it first trains.
  const size_t without_slots = optimizer.learning_rate.is_scheduled() ? 1 : 2;
  const size_t count = reading.variable_count(object);
  if (count == 0 || (count == without_slots && object.variables.size() > without_slots))
    return ok();
  saved.note = reading.mismatch(optimizer, object);
  if (!saved.note.empty()) {
    saved.note = "the optimizer's state in the file " + saved.note + ": it was not loaded";
    return ok();
  }
  KILN_ASSIGN(saved.optimizer, reading.read(object));
  saved.has_optimizer = true;
  return ok();
}

}  // namespace

Expected<SavedWeights> parse_weights_h5(const Model& model, const std::string& where,
                                        std::span<const std::byte> bytes,
                                        const LoadingRules& rules) {
  KILN_ASSIGN(const SavedLayout layout, saved_layout(model));
  KILN_ASSIGN(const Hdf5Contents contents, read_hdf5(where, bytes));
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
  saved.weights = in_order(std::move(weights), layout.weights);
  if (layout.optimizer) {
    KILN_TRY(read_optimizer_state(reading, *model.compile_options->optimizer.get(),
                                  *layout.optimizer, saved));
  }
  KILN_TRY(read_random_states(reading, layout.random_states, saved));
  return saved;
}

Expected<SavedWeights> read_weights_h5(const Model& model, const std::string& path) {
  KILN_ASSIGN(const runtime::FileBytes file, runtime::map_file(path));
  return parse_weights_h5(model, path, {file.bytes.get(), static_cast<size_t>(file.size)});
}

}  // namespace kiln::keras
