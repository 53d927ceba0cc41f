#include "frontend/keras/files/layout.h"

#include <algorithm>
#include <utility>

#include "frontend/keras/json/names.h"
#include "frontend/keras/model/graph.h"
#include "frontend/keras/model/nested_model.h"
#include "frontend/keras/operations/operation.h"
#include "frontend/keras/optimizers/apply.h"

namespace kiln::keras {
namespace {

/// What stands before the last slash of a path.
std::string parent(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

/// What stands after it.
std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// Where in the layer's group a weight is kept: nothing, or "cell", "forward_layer/cell".
std::string part_of(const WeightSpec& weight) {
  return weight.object.empty() ? parent(weight.name) : weight.object;
}

SavedVariable saved(const std::string& name, const ir::Type& type, double initial = 0) {
  return {name, static_cast<kiln_element_type>(type.element), type.shape, initial};
}

/// The object with this group; added where it is missing.
SavedObject& object(std::vector<SavedObject>& objects, const std::string& group,
                    const std::string& name) {
  auto found = std::find_if(objects.begin(), objects.end(),
                            [&](const SavedObject& o) { return o.group == group; });
  if (found != objects.end()) return *found;
  return objects.emplace_back(SavedObject{group, name, {}});
}

/// Adds the objects of a model's layers, or of a model's that is one of them.
class LayoutBuilder {
 public:
  explicit LayoutBuilder(SavedLayout& layout) : layout_(layout) {}

  /// `group` and `path` are those of the model, empty or with a slash at the end; `weights` by
  /// layer.
  void add_layers(const Model& model, const std::string& group, const std::string& path,
                  const std::vector<std::vector<WeightSpec>>& weights) {
    AutoNames groups;
    for (size_t i = 0; i < model.layers.size(); ++i) {
      const Layer& layer = *model.layers[i];
      // Keras's Sequential does not count its input among its layers.
      if (model.is_sequential() && layer.class_name() == "InputLayer") continue;
      // Nor any model's operations.
      if (dynamic_cast<const Operation*>(&layer)) continue;
      std::string own = group;
      own.append("layers/").append(groups.next(layer.class_name()));
      add_layer(layer, own, path, weights[i]);
    }
  }

 private:
  void add_layer(const Layer& layer, const std::string& group, const std::string& path,
                 const std::vector<WeightSpec>& weights) {
    object(layout_.objects, group, layer.name);
    if (const auto* nested = dynamic_cast<const NestedModel*>(&layer)) {
      const Model& model = nested->model();
      return add_layers(model, group + "/", path + layer.name + "/", by_layer(model, weights));
    }
    for (const WeightSpec& weight : weights) {
      const SavedVariable variable = saved(path + variable_name(layer, weight), weight.type);
      if (weight.kind == WeightKind::random_state)
        layout_.random_states.variables.push_back(variable);
      if (!weight.is_weight()) continue;
      if (weight.is_held_twice)
        object(layout_.objects, group, layer.name).variables.push_back(variable);
      const std::string part = part_of(weight);
      std::string place = group;
      if (!part.empty()) place.append("/").append(part);
      object(layout_.objects, place, last_part(parent(weight.name))).variables.push_back(variable);
      layout_.weights.push_back(variable);
    }
  }

  /// The weights of a nested model, "LAYER/NAME", by its layers.
  static std::vector<std::vector<WeightSpec>> by_layer(const Model& model,
                                                       const std::vector<WeightSpec>& weights) {
    std::vector<std::vector<WeightSpec>> result;
    for (const LayerPointer& layer : model.layers) {
      result.emplace_back();
      const std::string prefix = layer->name + "/";
      for (WeightSpec weight : weights) {
        if (!weight.name.starts_with(prefix)) continue;
        weight.name.erase(0, prefix.size());
        result.back().push_back(std::move(weight));
      }
    }
    return result;
  }

  SavedLayout& layout_;
};

SavedObject optimizer_object(const Optimizer& optimizer, const std::vector<NamedType>& trainable) {
  const std::string name =
      optimizer.name.empty() ? to_snake_case(optimizer.class_name()) : optimizer.name;
  SavedObject result{"optimizer", name, {}};
  for (const OptimizerVariable& variable : optimizer_variables(optimizer, trainable))
    result.variables.push_back(saved(variable.name, variable.type, variable.initial));
  return result;
}

/// The layers with weights as older files have them.
std::vector<SavedLayer> older_layers(const Model& model,
                                     const std::vector<std::vector<WeightSpec>>& weights) {
  std::vector<SavedLayer> layers;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    SavedLayer layer{model.layers[i]->name, {}};
    for (const bool trainable : {true, false}) {
      for (const WeightSpec& weight : weights[i]) {
        if (weight.trainable == trainable && weight.is_weight())
          layer.variables.push_back(saved(variable_name(*model.layers[i], weight), weight.type));
      }
    }
    if (!layer.variables.empty()) layers.push_back(std::move(layer));
  }
  return layers;
}

/// All classes, that of the optimizer first.
std::vector<std::string> optimizer_classes(const Optimizer& optimizer) {
  std::vector<std::string> names = {std::string(optimizer.class_name())};
  for (const ClassReference& known : optimizer_reference()) {
    if (known.name != names[0]) names.push_back(known.name);
  }
  return names;
}

}  // namespace

Expected<SavedLayout> saved_layout(const Model& model) {
  KILN_ASSIGN(const Graph graph, build_graph(model));
  SavedLayout layout;
  layout.objects.push_back({"", model.name, {}});
  LayoutBuilder(layout).add_layers(model, "", "", graph.weights);
  layout.layers = older_layers(model, graph.weights);
  std::vector<NamedType> trainable;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    for (const WeightSpec& weight : graph.weights[i]) {
      if (weight.trainable)
        trainable.push_back({variable_name(*model.layers[i], weight), weight.type});
    }
  }
  if (!model.compile_options || model.unreadable.optimizer) return layout;
  const OptimizerChoice& choice = model.compile_options->optimizer;
  if (!choice.get()) return in_model(model, unknown_optimizer(choice.identifier()));
  layout.optimizer = optimizer_object(*choice.get(), trainable);
  layout.optimizer_classes = optimizer_classes(*choice.get());
  return layout;
}

}  // namespace kiln::keras
