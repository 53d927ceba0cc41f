#include "frontend/keras/files/legacy_h5.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "frontend/keras/files/hdf5_reader.h"
#include "frontend/keras/files/layout.h"
#include "frontend/keras/files/legacy/modernize.h"
#include "frontend/keras/files/legacy/training.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/json/json_text.h"
#include "frontend/keras/model/graph.h"
#include "runtime/base/file.h"

namespace kiln::keras {
namespace {

using runtime::Array;
using runtime::NamedArray;
using Names = std::vector<std::string>;

const char* const kWeights = "model_weights";
const char* const kLayers = "layer_names";
const char* const kOptimizer = "optimizer_weights";
const char* const kLearningRate = "optimizer/learning_rate";

/// The variables of one layer that has some, in the order of the file.
struct LayerVariables {
  std::string layer;
  std::vector<SavedVariable> variables;
};

Expected<std::vector<LayerVariables>> variables_by_layer(const Model& model) {
  KILN_ASSIGN(const Graph graph, build_graph(model));
  std::vector<LayerVariables> result;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    LayerVariables layer{model.layers[i]->name, {}};
    for (const bool trainable : {true, false}) {
      for (const WeightSpec& weight : graph.weights[i]) {
        if (weight.trainable == trainable && !weight.random_state)
          layer.variables.push_back({variable_name(*model.layers[i], weight), weight.type});
      }
    }
    if (!layer.variables.empty()) result.push_back(std::move(layer));
  }
  return result;
}

class Reading {
 public:
  Reading(const Hdf5Contents& contents, std::string where)
      : contents_(contents), where_(std::move(where)) {}

  Expected<Model> definition() const {
    const std::string text = attribute("", "model_config");
    if (text.empty())
      return Diagnostic{where_, "holds no model",
                        "save the whole model, or give its definition, and this file as --weights"};
    KILN_ASSIGN(Json json, parse_json(text, where_ + ": model_config"));
    if (json.is_object()) {
      json["keras_version"] = version();
      // What cannot be read of it stops no one who does not train.
      if (auto compile = training()) json["compile_config"] = std::move(*compile);
    }
    return parse_model(json.dump(), where_);
  }

  /// Whether there are weights, in a whole model or alone.
  bool has_weights() const {
    return contents_.texts.contains({"", kLayers}) || contents_.texts.contains({kWeights, kLayers});
  }

  Expected<std::vector<NamedArray>> weights(const Model& model) const {
    KILN_ASSIGN(const std::vector<LayerVariables> layers, variables_by_layer(model));
    Names groups = attributes(is_weights_alone() ? "" : kWeights, kLayers);
    std::erase_if(groups, [&](const std::string& group) {
      return attributes(group_of(group), "weight_names").empty();
    });
    if (groups.size() != layers.size()) {
      return Diagnostic{where_,
                        fmt::format("has weights of {} layers, its model has {} with weights",
                                    groups.size(), layers.size()),
                        "the file contradicts itself: save the model anew"};
    }
    std::vector<NamedArray> result;
    for (size_t i = 0; i < layers.size(); ++i) {
      KILN_TRY(read(group_of(groups[i]), layers[i].variables,
                    fmt::format("{}: layer \"{}\"", where_, layers[i].layer), result));
    }
    return result;
  }

  /// By rules: of each layer what fits. Source: _set_weights() and its callers, Keras 3.15.
  Expected<SavedWeights> weights(const Model& model, const LoadingRules& rules) const {
    KILN_ASSIGN(const std::vector<LayerVariables> layers, variables_by_layer(model));
    Names groups = attributes(is_weights_alone() ? "" : kWeights, kLayers);
    if (!rules.by_name) {
      std::erase_if(groups, [&](const std::string& group) {
        return attributes(group_of(group), "weight_names").empty();
      });
      if (groups.size() != layers.size()) {
        return Diagnostic{where_,
                          fmt::format("has weights of {} layers, the model has {} with weights",
                                      groups.size(), layers.size()),
                          "the layers of a part are found by their names: --by-name"};
      }
    }
    SavedWeights saved;
    for (size_t i = 0; i < layers.size(); ++i) {
      const std::string& name = rules.by_name ? layers[i].layer : groups[i];
      const bool is_there = std::ranges::find(groups, name) != groups.end();
      const std::string where = fmt::format("{}: layer \"{}\"", where_, layers[i].layer);
      if (is_there)
        KILN_TRY(read_fitting(group_of(name), layers[i].variables, where, rules, saved));
      else
        for (const SavedVariable& variable : layers[i].variables)
          saved.left.push_back(variable.name);
    }
    return saved;
  }

  /// The optimizer's variables, or none where it has not trained yet or is another one.
  std::vector<NamedArray> optimizer(const Optimizer& own, const SavedObject& object) const {
    const Names names = attributes(kOptimizer, "weight_names");
    std::vector<SavedVariable> variables = object.variables;
    const bool lacks_rate = names.size() + 1 == variables.size();
    if (lacks_rate)
      std::erase_if(variables, [](const SavedVariable& v) { return v.name == kLearningRate; });
    const bool fits = names.size() == variables.size() && is_of(own) && !has_other_order();
    std::vector<NamedArray> result;
    if (!fits || !read(kOptimizer, variables, where_, result)) return {};
    if (lacks_rate) add_rate(object, result);
    return result;
  }

 private:
  bool is_weights_alone() const { return contents_.texts.contains({"", kLayers}); }

  std::string group_of(const std::string& layer) const {
    return is_weights_alone() ? layer : std::string(kWeights) + "/" + layer;
  }

  /// Keras 2's older optimizers kept the slots of one kind together, not those of one weight; its
  /// newer ones say in their config that they are none of these.
  bool has_other_order() const {
    const std::optional<Json> compile = training();
    const Json::json_pointer says("/optimizer_config/config/is_legacy_optimizer");
    return is_old() && !(compile && compile->contains(says) && compile->at(says) == false);
  }

  /// Keras 2 kept the rate in the config alone.
  static void add_rate(const SavedObject& object, std::vector<NamedArray>& state) {
    for (size_t i = 0; i < object.variables.size(); ++i) {
      if (object.variables[i].name != kLearningRate) continue;
      const auto rate = static_cast<float>(object.variables[i].initial);
      state.insert(state.begin() + static_cast<ptrdiff_t>(i),
                   {kLearningRate, runtime::copy_of(KILN_F32, {}, &rate)});
    }
  }

  bool is_old() const { return legacy::is_old({{"keras_version", version()}}); }

  std::string version() const {
    const std::string version = attribute("", "keras_version");
    return version.empty() ? "1" : version;
  }

  /// The arguments of compile(); nothing where there are none, or no one can read them.
  std::optional<Json> training() const {
    const std::string text = attribute("", "training_config");
    auto json = parse_json(text, where_);
    if (!json || !json->is_object()) return {};
    return std::move(*json);
  }

  /// Whether the file's optimizer is of the same class.
  bool is_of(const Optimizer& own) const {
    std::optional<Json> compile = training();
    if (!compile) return false;
    legacy::modernize_training(*compile, is_old());
    if (!compile->contains("optimizer")) return false;
    const auto written = read_optimizer((*compile)["optimizer"], where_);
    return written && written->get() && written->get()->class_name() == own.class_name();
  }

  Names attributes(const std::string& group, const std::string& name) const {
    const auto found = contents_.texts.find({group, name});
    return found == contents_.texts.end() ? Names() : found->second;
  }

  std::string attribute(const std::string& group, const std::string& name) const {
    const Names texts = attributes(group, name);
    return texts.empty() ? "" : texts[0];
  }

  Status read(const std::string& group, const std::vector<SavedVariable>& variables,
              const std::string& where, std::vector<NamedArray>& result) const {
    const Names names = attributes(group, "weight_names");
    if (names.size() != variables.size()) {
      return Diagnostic{
          where,
          fmt::format("the file has {} arrays, the model {}", names.size(), variables.size()),
          "the file belongs to another model"};
    }
    for (size_t i = 0; i < names.size(); ++i) {
      const auto dataset = contents_.datasets.find(group + "/" + names[i]);
      const SavedVariable& variable = variables[i];
      const bool fits = dataset != contents_.datasets.end() && dataset->second.type &&
                        dataset->second.dims == variable.type.shape;
      if (!fits) {
        return Diagnostic{where,
                          fmt::format("\"{}\" is not the model's {}, {}", names[i], variable.name,
                                      variable.type.to_string()),
                          "the file belongs to another model"};
      }
      const Array raw = runtime::copy_of(*dataset->second.type, dataset->second.dims,
                                         dataset->second.values.data());
      const auto type = static_cast<kiln_element_type>(variable.type.element);
      result.push_back({variable.name, runtime::convert(raw, type)});
    }
    return ok();
  }

  /// A layer's weights; those that do not fit are left where the rules skip them.
  Status read_fitting(const std::string& group, const std::vector<SavedVariable>& variables,
                      const std::string& where, const LoadingRules& rules,
                      SavedWeights& saved) const {
    if (!rules.skip_mismatch) return read(group, variables, where, saved.weights);
    const Names names = attributes(group, "weight_names");
    // Of another number of weights Keras skips all, but only by name.
    if (names.size() != variables.size() && !rules.by_name)
      return read(group, variables, where, saved.weights);
    for (size_t i = 0; i < variables.size(); ++i) {
      const auto dataset = names.size() == variables.size()
                               ? contents_.datasets.find(group + "/" + names[i])
                               : contents_.datasets.end();
      if (dataset == contents_.datasets.end() || !dataset->second.type ||
          dataset->second.dims != variables[i].type.shape) {
        saved.left.push_back(variables[i].name);
        continue;
      }
      const Array raw = runtime::copy_of(*dataset->second.type, dataset->second.dims,
                                         dataset->second.values.data());
      const auto type = static_cast<kiln_element_type>(variables[i].type.element);
      saved.weights.push_back({variables[i].name, runtime::convert(raw, type)});
    }
    return ok();
  }

  const Hdf5Contents& contents_;
  std::string where_;
};

/// From the order of the file to Keras's order of weights.
std::vector<NamedArray> in_order(const std::vector<NamedArray>& arrays,
                                 const std::vector<SavedVariable>& order) {
  std::vector<NamedArray> result;
  for (const SavedVariable& variable : order)
    result.push_back({variable.name, *runtime::find_array(arrays, variable.name)});
  return result;
}

}  // namespace

Expected<SavedModel> read_legacy_h5(const std::string& path) {
  KILN_ASSIGN(const runtime::FileBytes file, runtime::map_file(path));
  KILN_ASSIGN(const Hdf5Contents contents,
              read_hdf5(path, {file.bytes.get(), static_cast<size_t>(file.size)}));
  const Reading reading(contents, path);
  SavedModel saved;
  KILN_ASSIGN(saved.model, reading.definition());
  KILN_ASSIGN(const SavedLayout layout, saved_layout(saved.model));
  KILN_ASSIGN(const std::vector<NamedArray> weights, reading.weights(saved.model));
  saved.weights = in_order(weights, layout.weights);
  if (layout.optimizer) {
    saved.optimizer =
        reading.optimizer(*saved.model.compile_options->optimizer.get(), *layout.optimizer);
    saved.has_optimizer = !saved.optimizer.empty();
  }
  return saved;
}

Expected<SavedWeights> read_h5_weights(const Model& model, const std::string& path,
                                       const LoadingRules& rules) {
  KILN_ASSIGN(const runtime::FileBytes file, runtime::map_file(path));
  const std::span<const std::byte> bytes(file.bytes.get(), static_cast<size_t>(file.size));
  KILN_ASSIGN(const Hdf5Contents contents, read_hdf5(path, bytes));
  const Reading reading(contents, path);
  if (!reading.has_weights()) return parse_weights_h5(model, path, bytes, rules);
  if (rules.any()) return reading.weights(model, rules);
  SavedWeights saved;
  KILN_ASSIGN(saved.weights, reading.weights(model));
  KILN_ASSIGN(const SavedLayout layout, saved_layout(model));
  if (layout.optimizer) {
    saved.optimizer = reading.optimizer(*model.compile_options->optimizer.get(), *layout.optimizer);
    saved.has_optimizer = !saved.optimizer.empty();
  }
  return saved;
}

Expected<Model> read_legacy_h5_model(const std::string& path) {
  KILN_ASSIGN(const runtime::FileBytes file, runtime::map_file(path));
  KILN_ASSIGN(const Hdf5Contents contents,
              read_hdf5(path, {file.bytes.get(), static_cast<size_t>(file.size)}));
  return Reading(contents, path).definition();
}

}  // namespace kiln::keras
