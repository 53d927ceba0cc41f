#include "frontend/keras/layers/softmax.h"

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/axes.h"

namespace kiln::keras {

Expected<std::vector<WeightSpec>> Softmax::weights(const LayerInput& input) const {
  KILN_TRY(resolve_axes(axis_, input.type.rank()));
  return std::vector<WeightSpec>();
}

std::vector<Signal> Softmax::call(CallContext& context, std::span<const Signal> inputs) const {
  if (inputs[0].mask)
    context.refuse({"", "a Softmax of masked positions is not supported",
                    "Keras refuses it, too; "
                    "an Activation(\"softmax\") passes masks on"});
  std::vector<Signal> outputs = SameShapeLayer::call(context, inputs);
  // As Keras, which remembers the logits whatever the axis.
  if (axis_.size() == 1) outputs[0].logits = convert(inputs[0].tensor, ir::ElementType::f32);
  return outputs;
}

ir::Tensor Softmax::function(CallContext&, ir::Tensor x) const {
  return softmax(x, *resolve_axes(axis_, x.rank()));
}

OptionList Softmax::option_list() { return {{"axis", Axes{&axis_}, "dimensions that sum to 1"}}; }

}  // namespace kiln::keras
