#include "frontend/keras/layers/base/same_shape.h"

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

Expected<LayerBuild> SameShapeLayer::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_ASSIGN(std::vector<WeightSpec> own, weights(input));
  return LayerBuild{std::move(own), {input.type.with_element(ir::ElementType::f32)}};
}

std::vector<Signal> SameShapeLayer::call(CallContext& context,
                                         std::span<const Signal> inputs) const {
  return {{function(context, convert(inputs[0].tensor, ir::ElementType::f32)), {}}};
}

Expected<std::vector<WeightSpec>> SameShapeLayer::weights(const LayerInput&) const {
  return std::vector<WeightSpec>();
}

}  // namespace kiln::keras
