// Layers that hold another layer: its weights among theirs, and its call.
#pragma once

#include <string>
#include <string_view>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// The inner layer's weights as the outer one declares them: "INNER/kernel". `attribute` is what
/// Keras's code calls the inner layer, under which its files keep the weights.
void declare_inner_weights(const Layer& inner, std::string_view attribute,
                           std::vector<WeightSpec> weights, std::vector<WeightSpec>& all);

/// Runs `function` in a context whose weights are those with the prefix in front of their names; what
/// it updates and looks up is the outer layer's.
template <typename Function>
auto with_inner_weights(std::string_view prefix, CallContext& context, Function function) {
  WeightValues weights;
  for (const auto& [name, value] : context.weights.values) {
    if (name.starts_with(prefix)) weights.values.emplace(name.substr(prefix.size()), value);
  }
  CallContext inside = context.with_weights(weights);
  auto result = function(inside);
  for (const WeightChange& change : weights.changes)
    context.update(std::string(prefix) + change.weight, change.value);
  for (Lookup& lookup : weights.lookups) {
    lookup.weight = std::string(prefix) + lookup.weight;
    context.weights.lookups.push_back(std::move(lookup));
  }
  return result;
}

/// Calls the inner layer with its weights, which are among the outer one's.
std::vector<Signal> call_inner(const Layer& inner, CallContext& context,
                               std::span<const Signal> inputs);

}  // namespace kiln::keras
