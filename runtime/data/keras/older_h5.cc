#include "runtime/data/keras/older_h5.h"

#include <algorithm>
#include <utility>

#include "runtime/data/keras/older_layouts.h"

namespace kiln::runtime {
namespace {

using Names = std::vector<std::string>;

const char* const kWeights = "model_weights";
const char* const kLayers = "layer_names";
const char* const kListed = "weight_names";
const char* const kOptimizer = "optimizer_weights";
const char* const kOtherModel = "the file belongs to another model";

/// A layer's arrays in a file, and the variables that they are for.
class ListedLayer {
 public:
  /// `where` opens the errors.
  ListedLayer(const Hdf5Contents& contents, std::string group,
              const std::vector<SavedVariable>& variables, std::string where)
      : contents_(contents),
        group_(std::move(group)),
        variables_(variables),
        where_(std::move(where)) {}

  Status read(std::vector<NamedArray>& result) const {
    KILN_ASSIGN(const std::vector<NamedArray> listed, arrays());
    if (listed.size() != variables_.size()) {
      return Diagnostic{where_,
                        "the file has " + std::to_string(listed.size()) + " arrays, the model " +
                            std::to_string(variables_.size()),
                        kOtherModel};
    }
    for (size_t i = 0; i < listed.size(); ++i) {
      if (!fits(listed[i], variables_[i])) return mismatch(listed[i], variables_[i]);
      result.push_back(value(listed[i], variables_[i]));
    }
    return ok();
  }

  /// Those that do not fit are left where the rules skip them.
  Status read_fitting(const LoadingRules& rules, SavedWeights& saved) const {
    if (!rules.skip_mismatch) return read(saved.weights);
    KILN_ASSIGN(const std::vector<NamedArray> listed, arrays());
    const bool same_count = listed.size() == variables_.size();
    // Of another number of weights Keras skips all, but only by name.
    if (!same_count && !rules.by_name) return read(saved.weights);
    for (size_t i = 0; i < variables_.size(); ++i) {
      if (same_count && fits(listed[i], variables_[i]))
        saved.weights.push_back(value(listed[i], variables_[i]));
      else
        saved.left.push_back(variables_[i].name);
    }
    return ok();
  }

 private:
  /// All that the file lists, in today's layout.
  Expected<std::vector<NamedArray>> arrays() const {
    std::vector<NamedArray> result;
    bool all_fit = true;
    for (const std::string& name : texts_of(contents_, group_, kListed)) {
      const auto found = contents_.datasets.find(group_ + "/" + name);
      if (found == contents_.datasets.end() || !found->second.type) {
        const char* const problem = found == contents_.datasets.end()
                                        ? "\" is listed, but not there"
                                        : "\" is of a type that kiln does not read";
        return Diagnostic{where_, "the file's \"" + name + problem,
                          "write the file with Keras's save() or save_weights()"};
      }
      const Hdf5Dataset& dataset = found->second;
      result.push_back({name, copy_of(*dataset.type, dataset.dims, dataset.values.data())});
      all_fit = all_fit && result.size() <= variables_.size() &&
                fits(result.back(), variables_[result.size() - 1]);
    }
    if (all_fit) return result;
    for (NamedArray& named : result) {
      if (is_floating(named.array.type)) named.array = convert(named.array, KILN_F32);
    }
    return todays_layout(result, variables_);
  }

  static bool fits(const NamedArray& named, const SavedVariable& variable) {
    return named.array.dims == variable.dims;
  }

  static NamedArray value(const NamedArray& named, const SavedVariable& variable) {
    return {variable.name, convert(named.array, variable.type)};
  }

  Diagnostic mismatch(const NamedArray& named, const SavedVariable& variable) const {
    return {where_,
            "the file's \"" + named.name + "\" is " + named.array.name() + ", the model's " +
                variable.name + " is " + tensor_name(variable.type, variable.dims),
            kOtherModel};
  }

  const Hdf5Contents& contents_;
  std::string group_;
  const std::vector<SavedVariable>& variables_;
  std::string where_;
};

bool is_weights_alone(const Hdf5Contents& contents) {
  return contents.texts.contains({"", kLayers});
}

std::string group_of(const Hdf5Contents& contents, const std::string& layer) {
  return is_weights_alone(contents) ? layer : std::string(kWeights) + "/" + layer;
}

/// The file's layers; `with_weights`: those alone that have some.
Names layers_of(const Hdf5Contents& contents, bool with_weights) {
  Names layers = texts_of(contents, is_weights_alone(contents) ? "" : kWeights, kLayers);
  if (with_weights) {
    std::erase_if(layers, [&](const std::string& layer) {
      return texts_of(contents, group_of(contents, layer), kListed).empty();
    });
  }
  return layers;
}

/// Keras on Theano turned the kernels of convolutions around. Their kernels alone have more than two
/// dimensions.
Status check_backend(const SavedLayout& layout, const std::string& where,
                     const Hdf5Contents& contents) {
  const Names backend = texts_of(contents, is_weights_alone(contents) ? "" : kWeights, "backend");
  if (backend != Names{"theano"}) return ok();
  for (const SavedVariable& variable : layout.weights) {
    if (!variable.name.ends_with("kernel") || variable.dims.size() < 3) continue;
    return Diagnostic{where,
                      "was written by Keras on Theano, whose convolutions turn their kernels "
                      "around: those of \"" +
                          variable.name + "\" are not read",
                      "load it with Keras 2 and save it again"};
  }
  return ok();
}

/// From the order of the file to Keras's order of weights.
void order_as(const std::vector<SavedVariable>& order, std::vector<NamedArray>& arrays) {
  std::vector<NamedArray> result;
  for (const SavedVariable& variable : order) {
    if (const Array* array = find_array(arrays, variable.name))
      result.push_back({variable.name, *array});
  }
  arrays = std::move(result);
}

}  // namespace

std::vector<std::string> texts_of(const Hdf5Contents& contents, const std::string& group,
                                  const std::string& name) {
  const auto found = contents.texts.find({group, name});
  return found == contents.texts.end() ? Names() : found->second;
}

bool has_older_weights(const Hdf5Contents& contents) {
  return is_weights_alone(contents) || contents.texts.contains({kWeights, kLayers});
}

size_t count_older_state(const Hdf5Contents& contents) {
  return texts_of(contents, kOptimizer, kListed).size();
}

// Source: _set_weights() and its callers, Keras 3.15.
Expected<SavedWeights> parse_older_weights(const SavedLayout& layout, const std::string& where,
                                           const Hdf5Contents& contents,
                                           const LoadingRules& rules) {
  KILN_TRY(check_backend(layout, where, contents));
  const Names layers = layers_of(contents, !rules.by_name);
  if (!rules.by_name && layers.size() != layout.layers.size()) {
    return Diagnostic{where,
                      "has weights of " + std::to_string(layers.size()) +
                          " layers, the model has " + std::to_string(layout.layers.size()) +
                          " with weights",
                      std::string(kOtherModel) +
                          "; the layers of a part are found by their names: --by-name of kiln"};
  }
  SavedWeights saved;
  for (size_t i = 0; i < layout.layers.size(); ++i) {
    const SavedLayer& layer = layout.layers[i];
    const std::string& name = rules.by_name ? layer.name : layers[i];
    if (std::find(layers.begin(), layers.end(), name) == layers.end()) {
      for (const SavedVariable& variable : layer.variables) saved.left.push_back(variable.name);
      continue;
    }
    const ListedLayer listed(contents, group_of(contents, name), layer.variables,
                             where + ": layer \"" + layer.name + "\"");
    KILN_TRY(listed.read_fitting(rules, saved));
  }
  order_as(layout.weights, saved.weights);
  return saved;
}

Status read_older_state(const Hdf5Contents& contents, const std::vector<SavedVariable>& variables,
                        const std::string& where, std::vector<NamedArray>& result) {
  return ListedLayer(contents, kOptimizer, variables, where).read(result);
}

}  // namespace kiln::runtime
