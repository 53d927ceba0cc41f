#include "frontend/keras/layers/activation.h"

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

Expected<LayerBuild> Activation::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check(function_));
  return LayerBuild{{}, {input.type.with_element(ir::ElementType::f32)}};
}

std::vector<Signal> Activation::call(CallContext&, std::span<const Signal> inputs) const {
  return {apply(function_, {convert(inputs[0].tensor, ir::ElementType::f32), inputs[0].logits})};
}

OptionList Activation::option_list() {
  return {{"activation", &function_, "the function", kRequired}};
}

}  // namespace kiln::keras
