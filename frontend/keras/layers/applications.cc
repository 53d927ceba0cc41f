#include "frontend/keras/layers/applications.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

using ir::Tensor;

Expected<std::vector<WeightSpec>> LayerScale::weights(const LayerInput& input) const {
  KILN_ASSIGN(const int64_t last, resolve_axis(-1, input.type.rank()));
  KILN_ASSIGN(const int64_t channels, known_extent(input, last));
  if (projection_dim_ != channels) {
    return Diagnostic{
        "",
        fmt::format("projection_dim is {}, but {} from \"{}\" has {} channels", projection_dim_,
                    show_shape(input.type.shape), input.from, channels),
        ""};
  }
  Initializer constant("Constant");
  constant.rule = ConstantRule{init_values_};
  // Keras gives it no name of its own.
  return std::vector<WeightSpec>{
      {"variable", {ir::ElementType::f32, {channels}}, std::move(constant)}};
}

Tensor LayerScale::function(CallContext& context, Tensor x) const {
  return x * context.weight("variable");
}

OptionList LayerScale::option_list() {
  return {{"init_values", &init_values_, "first value of the factors", kRequired},
          {"projection_dim", &projection_dim_, "how many channels there are", kRequired}};
}

Tensor StochasticDepth::noisy(CallContext& context, Tensor x) const {
  ir::Shape shape(static_cast<size_t>(x.rank()), 1);
  shape[0] = x.shape()[0];
  return dropout(context, x, strength_, std::move(shape));
}

OptionList StochasticDepth::option_list() {
  return {{"drop_path_rate", &strength_, "part of the examples that is dropped", kRequired}};
}

Expected<LayerBuild> CustomScaleLayer::build(std::span<const LayerInput> inputs) const {
  if (inputs.size() != 2)
    return Diagnostic{"", fmt::format("takes two inputs, gets {}", inputs.size()), ""};
  if (inputs[0].type.shape != inputs[1].type.shape) {
    return Diagnostic{
        "",
        fmt::format("gets {} from \"{}\" and {} from \"{}\"", show_shape(inputs[0].type.shape),
                    inputs[0].from, show_shape(inputs[1].type.shape), inputs[1].from),
        ""};
  }
  return LayerBuild{{}, {inputs[0].type.with_element(ir::ElementType::f32)}};
}

std::vector<Signal> CustomScaleLayer::call(CallContext&, std::span<const Signal> inputs) const {
  const auto f32 = ir::ElementType::f32;
  return {{convert(inputs[0].tensor, f32) + convert(inputs[1].tensor, f32) * scale_, {}}};
}

OptionList CustomScaleLayer::option_list() {
  return {{"scale", &scale_, "of the second input", kRequired}};
}

}  // namespace kiln::keras
