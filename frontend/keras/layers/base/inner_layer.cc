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
  ir::LocationScope scope(context.builder, inner.name);
  return with_inner_weights(inner.name + "/", context, [&](CallContext& inside) {
    inside.added_losses = nullptr;
    return call_layer(inner, inside, inputs);
  });
}

}  // namespace kiln::keras
