#include "frontend/keras/layers/spectral_normalization.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/functions/vectors.h"
#include "frontend/keras/json/names.h"
#include "frontend/keras/layers/base/inner_layer.h"
#include "frontend/keras/layers/base/one_input.h"
#include "frontend/keras/layers/layer_option.h"

namespace kiln::keras {

using ir::Tensor;

namespace {

const char* const kVector = "vector_u";
/// What Keras looks for in the layer, the first of which it has.
constexpr std::string_view kKernels[] = {"kernel", "embeddings"};

/// The weight that is normalized; the end where there is none.
auto find_kernel(std::vector<WeightSpec>& weights) {
  return std::ranges::find_if(weights, [](const WeightSpec& weight) {
    return std::ranges::find(kKernels, weight.name) != std::end(kKernels);
  });
}

/// The singular vector that belongs to the kernel's last dimension.
WeightSpec vector_for(const ir::Type& kernel) {
  Initializer initializer("TruncatedNormal");
  initializer.rule = NormalRule{.mean = 0, .stddev = 0.02, .truncated = true};
  return {kVector, {kernel.element, {1, kernel.shape.back()}}, std::move(initializer), false};
}

}  // namespace

SpectralNormalization::SpectralNormalization(LayerPointer layer, int64_t power_iterations)
    : layer_(std::move(layer)), power_iterations_(power_iterations) {
  if (layer_ && layer_->name.empty()) layer_->name = to_snake_case(layer_->class_name());
}

Expected<LayerBuild> SpectralNormalization::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  if (power_iterations_ <= 0) {
    return Diagnostic{
        "", fmt::format("power_iterations must be positive, not {}", power_iterations_), ""};
  }
  if (!ir::is_float(input.type.element)) {
    return Diagnostic{
        "",
        fmt::format("gets integers from \"{}\", to which Keras would cut its outputs", input.from),
        "make the model with Input(..., dtype=\"float32\"), its weights fit"};
  }
  if (layer_->activity_regularizer)
    return Diagnostic{"", "an activity_regularizer of the layer in it is not supported", ""};
  KILN_ASSIGN(LayerBuild inner, layer_->build({&input, 1}));
  const auto kernel = find_kernel(inner.weights);
  if (kernel == inner.weights.end()) {
    return Diagnostic{"",
                      fmt::format("the {} in it has neither a kernel nor embeddings to normalize",
                                  layer_->class_name()),
                      ""};
  }
  kernel->is_held_twice = true;
  std::rotate(inner.weights.begin(), kernel, kernel + 1);
  WeightSpec vector = vector_for(inner.weights[0].type);
  LayerBuild build;
  declare_inner_weights(*layer_, "layer", std::move(inner.weights), build.weights);
  build.weights.insert(build.weights.begin() + 1, std::move(vector));
  build.outputs = std::move(inner.outputs);
  return build;
}

/// Keras's normalized_weights(). A kernel of zeros has no direction and stays as it is.
void SpectralNormalization::normalize(CallContext& context) const {
  const std::string prefix = layer_->name + "/";
  std::string name = prefix + std::string(kKernels[0]);
  if (!context.weights.values.contains(name)) name = prefix + std::string(kKernels[1]);
  const Tensor kernel = stop_gradient(context.weight(name)), start = context.weight(kVector);
  const int64_t columns = kernel.shape().back();
  const Tensor matrix = reshape(kernel, {kernel.type().count() / columns, columns});
  Tensor u = reshape(start, {columns}), v;
  for (int64_t i = 0; i < power_iterations_; ++i) {
    v = unit_vectors(dot(matrix, u), {0});
    u = unit_vectors(dot(v, matrix), {0});
  }
  const Tensor norm = dot(dot(v, matrix), u);
  ir::Integers all;
  for (int64_t d = 0; d < kernel.rank(); ++d) all.push_back(d);
  const Tensor is_zero = reduce(compare(kernel, "EQ", 0.0), "and", all);
  context.update(kVector, select(is_zero, start, reshape(u, start.shape())));
  context.update(name, select(is_zero, kernel, kernel / norm));
}

std::vector<Signal> SpectralNormalization::call(CallContext& context,
                                                std::span<const Signal> inputs) const {
  if (context.training) normalize(context);
  return call_inner(*layer_, context, inputs);
}

void SpectralNormalization::set_trainable(bool value) {
  trainable = value;
  layer_->set_trainable(value);
}

OptionList SpectralNormalization::option_list() {
  return {{"layer", &layer_, "the layer whose kernel is normalized", kRequired},
          {"power_iterations", &power_iterations_,
           "in a step: how often its singular vectors are improved"}};
}

}  // namespace kiln::keras
