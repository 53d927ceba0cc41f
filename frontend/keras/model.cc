#include "frontend/keras/model.h"

#include <utility>

#include "frontend/keras/names.h"

namespace kiln::keras {
namespace {

std::vector<LayerPointer> pointers(std::initializer_list<AnyLayer> layers) {
  std::vector<LayerPointer> result;
  for (const AnyLayer& layer : layers) result.push_back(layer.get());
  return result;
}

}  // namespace

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
