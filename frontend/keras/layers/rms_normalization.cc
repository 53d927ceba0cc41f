#include "frontend/keras/layers/rms_normalization.h"

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/normalize.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

RMSNormalization::RMSNormalization(RMSNormalizationOptions options) : options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
}

Expected<LayerBuild> RMSNormalization::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_ASSIGN(const ir::Shape shape, known_extents(input, options_.axis));
  const ir::ElementType f32 = ir::ElementType::f32;
  return LayerBuild{{{"scale", {f32, shape}, "Ones"}}, {input.type.with_element(f32)}};
}

std::vector<Signal> RMSNormalization::call(CallContext& context,
                                           std::span<const Signal> inputs) const {
  const ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const std::vector<int64_t> axes = *resolve_axes(options_.axis, x.rank());
  const ir::Tensor factor = rsqrt(mean(square(x), axes, true) + options_.epsilon);
  return {{x * factor * along(context.weight("scale"), x, axes), {}}};
}

OptionList RMSNormalization::option_list() {
  return {{"axis", Axes{&options_.axis, Axes::kList}, "dimensions that are normalized over"},
          {"epsilon", &options_.epsilon, "added to the mean square"}};
}

}  // namespace kiln::keras
