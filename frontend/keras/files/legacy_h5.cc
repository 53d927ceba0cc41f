#include "frontend/keras/files/legacy_h5.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "frontend/keras/files/hdf5_reader.h"
#include "frontend/keras/files/layout.h"
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
const char* const kOptimizer = "optimizer_weights";

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
      return Diagnostic{where_, "holds no model", "save the whole model, not its weights alone"};
    KILN_ASSIGN(Json json, parse_json(text, where_ + ": model_config"));
    const std::string training = attribute("", "training_config");
    if (!training.empty() && json.is_object()) {
      KILN_ASSIGN(Json compile, parse_json(training, where_ + ": training_config"));
      if (compile.is_object() && compile.contains("optimizer_config")) {
        compile["optimizer"] = compile["optimizer_config"];
        compile.erase("optimizer_config");
      }
      json["compile_config"] = std::move(compile);
    }
    return parse_model(json.dump(), where_);
  }

  Expected<std::vector<NamedArray>> weights(const Model& model) const {
    KILN_ASSIGN(const std::vector<LayerVariables> layers, variables_by_layer(model));
    Names groups = attributes(kWeights, "layer_names");
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

  /// The optimizer's variables, or none where it has not trained yet.
  Expected<std::vector<NamedArray>> optimizer(const SavedObject& object) const {
    std::vector<NamedArray> result;
    const size_t count = attributes(kOptimizer, "weight_names").size();
    if (count != object.variables.size()) return result;
    KILN_TRY(read(kOptimizer, object.variables, where_ + ": optimizer", result));
    return result;
  }

 private:
  static std::string group_of(const std::string& layer) {
    return std::string(kWeights) + "/" + layer;
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

bool is_legacy_h5(const std::string& path) {
  return path.ends_with(".h5") && !path.ends_with(".weights.h5");
}

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
    KILN_ASSIGN(saved.optimizer, reading.optimizer(*layout.optimizer));
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
