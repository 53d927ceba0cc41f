#include "frontend/keras/layers/layer_normalization.h"

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/normalize.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

LayerNormalization::LayerNormalization(LayerNormalizationOptions options)
    : options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
}

Expected<LayerBuild> LayerNormalization::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_ASSIGN(const ir::Shape shape, known_extents(input, options_.axis));
  LayerBuild build;
  KILN_ASSIGN(build.weights, scale_and_offset_weights(options_, shape));
  build.outputs = {input.type.with_element(ir::ElementType::f32)};
  return build;
}

std::vector<Signal> LayerNormalization::call(CallContext& context,
                                             std::span<const Signal> inputs) const {
  const ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const std::vector<int64_t> axes = *resolve_axes(options_.axis, x.rank());
  const Moments own = moments(context, x, axes);
  return {{scale_and_offset(context, options_, own.deviation, own.variance, axes), {}}};
}

OptionList LayerNormalization::option_list() {
  LayerNormalizationOptions& o = options_;
  const OptionList shape = {
      {"axis", Axes{&o.axis, Axes::kList}, "dimensions that are normalized over"},
      {"epsilon", &o.epsilon, "added to the variance"}};
  const OptionList fixed = {{"rms_scaling", Fixed{{false}}, "scale by the root mean square"}};
  return shape + scale_and_offset_flags(o) + fixed + scale_and_offset_initializers(o) +
         scale_and_offset_penalties(o);
}

}  // namespace kiln::keras
