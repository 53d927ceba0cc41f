#include "frontend/keras/model/nested_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/model/forward.h"
#include "frontend/keras/model/graph.h"

namespace kiln::keras {

NestedModel::NestedModel(Model model) : model_(std::move(model)) { name = model_.name; }

Expected<LayerBuild> NestedModel::build(std::span<const LayerInput> inputs) const {
  if (inputs.size() != model_.inputs.size()) {
    return Diagnostic{"",
                      fmt::format("takes {} inputs, gets {}", model_.inputs.size(), inputs.size()),
                      fmt::format("its inputs are {}", fmt::join(model_.input_names(), ", "))};
  }
  KILN_ASSIGN(Graph graph, build_graph(model_, inputs));
  LayerBuild build;
  for (size_t i = 0; i < model_.layers.size(); ++i) {
    for (WeightSpec& weight : graph.weights[i]) {
      weight.name = variable_name(*model_.layers[i], weight);
      build.weights.push_back(std::move(weight));
    }
  }
  for (const NodeOutput& output : model_.outputs) build.outputs.push_back(graph.type(output));
  return build;
}

std::vector<Signal> NestedModel::call(CallContext& context, std::span<const Signal> inputs) const {
  return forward(model_, context, inputs);
}

// Asked before build() has counted the inputs.
int64_t NestedModel::index_limit(size_t input) const {
  if (input >= model_.inputs.size()) return 0;
  return keras::index_limit(model_, model_.inputs[input].node);
}

// What the layers in it do not agree on is said by build().
std::optional<runtime::TextRules> NestedModel::text_rules(size_t input) const {
  if (input >= model_.inputs.size()) return std::nullopt;
  auto rules = keras::text_rules(model_, model_.inputs[input].node);
  return rules ? std::move(*rules) : std::nullopt;
}

bool NestedModel::takes_indices(size_t input) const {
  return input < model_.inputs.size() && keras::takes_indices(model_, model_.inputs[input].node);
}

bool NestedModel::is_stateful() const {
  return std::ranges::any_of(model_.layers,
                             [](const LayerPointer& layer) { return layer->is_stateful(); });
}

void NestedModel::set_trainable(bool value) {
  trainable = value;
  model_.set_trainable(value);
}

}  // namespace kiln::keras
