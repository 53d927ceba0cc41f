#include "frontend/keras/layers/masking.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

Expected<LayerBuild> Masking::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  if (input.type.rank() < 2) {
    return Diagnostic{"",
                      fmt::format("needs inputs of features, gets {} from \"{}\"",
                                  show_shape(input.type.shape), input.from),
                      ""};
  }
  return LayerBuild{{}, {input.type.with_element(ir::ElementType::f32)}};
}

std::vector<Signal> Masking::call(CallContext&, std::span<const Signal> inputs) const {
  const ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const int64_t features = x.rank() - 1;
  const ir::Tensor kept = reduce(compare(x, "NE", mask_value_), "or", {features}, true);
  ir::Shape shape = x.shape();
  shape.pop_back();
  return {{select(kept, x, 0.0), {}, reshape(kept, shape)}};
}

OptionList Masking::option_list() {
  return {{"mask_value", &mask_value_, "what all features of padding are"}};
}

}  // namespace kiln::keras
