#include "frontend/keras/model/functional.h"

#include <algorithm>
#include <map>

#include "frontend/keras/json/names.h"

namespace kiln::keras {
namespace {

using Application = KerasTensor::Application;

/// The graph behind some outputs, ordered as in map_graph() of Keras 3.15
/// (keras/src/ops/function.py).
class Walk {
 public:
  void visit(const Application* application) {
    if (depth_.contains(application)) return;
    depth_[application] = 0;
    first_visit_.try_emplace(application->layer, first_visit_.size());
    for (const KerasTensor& input : application->inputs) visit(input.application().get());
    order_.push_back(application);
  }

  /// An input that no output depends on.
  void add_unused(const Application* application) {
    if (depth_.contains(application)) return;
    depth_[application] = 0;
    unused_.push_back(application);
  }

  /// Fills in layers and nodes.
  void write(Model& model) {
    find_depths();
    std::vector<LayerPointer> layers;
    for (const Application* application : unused_) layers.push_back(application->layer);
    for (const Application* application : order_) {
      if (std::find(layers.begin(), layers.end(), application->layer) == layers.end())
        layers.push_back(application->layer);
    }
    std::stable_sort(layers.begin(), layers.end(), [&](const auto& a, const auto& b) {
      if (layer_depth_[a] != layer_depth_[b]) return layer_depth_[a] > layer_depth_[b];
      return first_visit_[a] < first_visit_[b];
    });
    order_.insert(order_.begin(), unused_.begin(), unused_.end());
    for (const Application* application : order_) {
      const auto layer = std::find(layers.begin(), layers.end(), application->layer);
      Node node{static_cast<size_t>(layer - layers.begin()), {}};
      for (const KerasTensor& input : application->inputs) node.inputs.push_back(place(input));
      place_[application] = model.nodes.size();
      model.nodes.push_back(std::move(node));
    }
    model.layers = std::move(layers);
  }

  NodeOutput place(const KerasTensor& tensor) const {
    return {place_.at(tensor.application().get()), tensor.output_index()};
  }

 private:
  /// A node's depth is its distance from the outputs; a layer's that of its deepest node.
  void find_depths() {
    for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
      int& of_layer = layer_depth_[(*at)->layer];
      int& depth = depth_[*at];
      depth = of_layer = std::max(depth, of_layer);
      for (const KerasTensor& input : (*at)->inputs) {
        int& deeper = depth_[input.application().get()];
        deeper = std::max(deeper, depth + 1);
      }
    }
  }

  std::vector<const Application*> order_;  ///< each after what it reads
  std::vector<const Application*> unused_;
  std::map<const Application*, int> depth_;
  std::map<LayerPointer, int> layer_depth_;
  std::map<LayerPointer, size_t> first_visit_;
  std::map<const Application*, size_t> place_;
};

}  // namespace

KerasTensor::KerasTensor(LayerPointer layer, std::vector<KerasTensor> inputs)
    : application_(
          std::make_shared<Application>(Application{std::move(layer), std::move(inputs)})) {}

KerasTensor KerasTensor::output(size_t index) const {
  KerasTensor other = *this;
  other.output_ = index;
  return other;
}

Model functional(const std::vector<KerasTensor>& inputs, const std::vector<KerasTensor>& outputs,
                 std::string name) {
  Model model;
  model.name = std::move(name);
  Walk walk;
  for (const KerasTensor& output : outputs) walk.visit(output.application().get());
  for (const KerasTensor& input : inputs) walk.add_unused(input.application().get());
  walk.write(model);
  AutoNames names;
  for (const LayerPointer& layer : model.layers) {
    if (layer->name.empty()) layer->name = names.next(layer->class_name());
  }
  for (const KerasTensor& input : inputs) model.inputs.push_back(walk.place(input));
  for (const KerasTensor& output : outputs) model.outputs.push_back(walk.place(output));
  return model;
}

}  // namespace kiln::keras
