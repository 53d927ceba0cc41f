#include "frontend/keras/layers/base/inner_layer.h"

#include <fmt/format.h>

namespace kiln::keras {

void declare_inner_weights(const Layer& inner, std::string_view attribute,
                           std::vector<WeightSpec> weights, std::vector<WeightSpec>& all) {
  for (WeightSpec& weight : weights) {
    weight.name = fmt::format("{}/{}", inner.name, weight.name);
    weight.object = weight.object.empty() ? std::string(attribute)
                                          : fmt::format("{}/{}", attribute, weight.object);
    if (!inner.trainable) weight.trainable = false;
    all.push_back(std::move(weight));
  }
}

std::vector<Signal> call_inner(const Layer& inner, CallContext& context,
                               std::span<const Signal> inputs) {
  const std::string prefix = inner.name + "/";
  WeightValues weights;
  for (const auto& [name, value] : context.weights.values) {
    if (name.starts_with(prefix)) weights.values.emplace(name.substr(prefix.size()), value);
  }
  ir::LocationScope scope(context.builder, inner.name);
  CallContext inside = context.with_weights(weights);
  inside.added_losses = nullptr;
  std::vector<Signal> outputs = call_layer(inner, inside, inputs);
  for (const std::string& name : weights.updated)
    context.update(prefix + name, inside.weight(name));
  for (Lookup& lookup : weights.lookups) {
    lookup.weight = prefix + lookup.weight;
    context.weights.lookups.push_back(std::move(lookup));
  }
  return outputs;
}

}  // namespace kiln::keras
