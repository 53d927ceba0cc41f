#include "frontend/keras/model/model.h"

#include <map>
#include <set>
#include <utility>

#include "frontend/keras/json/names.h"
#include "frontend/keras/model/nested_model.h"

namespace kiln::keras {
namespace {

std::vector<LayerPointer> pointers(std::initializer_list<AnyLayer> layers) {
  std::vector<LayerPointer> result;
  for (const AnyLayer& layer : layers) result.push_back(layer.get());
  return result;
}

std::vector<std::string> names_of(const Model& model, const std::vector<NodeOutput>& ports,
                                  const std::vector<std::string>& keys) {
  if (!keys.empty()) return keys;
  const auto name_of = [&](const NodeOutput& port) -> const std::string& {
    return model.layers[model.nodes[port.node].layer]->name;
  };
  // A layer's own name is never another's.
  std::set<std::string> taken;
  for (const NodeOutput& port : ports) taken.insert(name_of(port));
  std::vector<std::string> names;
  std::map<std::string, int> used;
  for (const NodeOutput& port : ports) {
    std::string name = name_of(port);
    while (used[name_of(port)]++ > 0) {
      name = name_of(port) + "_" + std::to_string(used[name_of(port)] - 1);
      if (taken.insert(name).second) break;
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

AnyLayer::AnyLayer(const Model& model) : layer_(std::make_shared<NestedModel>(model)) {}

void Model::set_trainable(bool trainable) {
  for (const LayerPointer& layer : layers) layer->set_trainable(trainable);
}

std::vector<std::string> Model::input_names() const { return names_of(*this, inputs, input_keys); }
std::vector<std::string> Model::output_names() const {
  return names_of(*this, outputs, output_keys);
}

Sequential::Sequential(std::initializer_list<AnyLayer> layers, std::string name)
    : Sequential(pointers(layers), std::move(name)) {}

Sequential::Sequential(std::vector<LayerPointer> chain, std::string model_name) {
  name = std::move(model_name);
  class_name = "Sequential";
  layers = std::move(chain);
  AutoNames names;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (layers[i]->name.empty()) layers[i]->name = names.next(layers[i]->class_name());
    Node node{i, {}};
    if (i > 0) node.inputs.push_back({i - 1, 0});
    nodes.push_back(std::move(node));
  }
  if (layers.empty()) return;
  inputs = {{0, 0}};
  outputs = {{layers.size() - 1, 0}};
}

}  // namespace kiln::keras
