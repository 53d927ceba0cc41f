#include "frontend/keras/layers/flatten.h"

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

Expected<LayerBuild> Flatten::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  int64_t count = 1;
  for (size_t d = 1; d < input.type.shape.size(); ++d) {
    const int64_t extent = input.type.shape[d];
    count = count == kNone || extent == kNone ? kNone : count * extent;
  }
  return LayerBuild{{}, {input.type.with_shape({input.type.shape[0], count})}};
}

std::vector<Signal> Flatten::call(CallContext&, std::span<const Signal> inputs) const {
  const ir::Tensor x = inputs[0].tensor;
  const int64_t batch = x.shape()[0];
  return {{reshape(x, {batch, x.type().count() / batch}), {}}};
}

OptionList Flatten::option_list() {
  return {{"data_format", Fixed{{"channels_last", nullptr}}, "where the channels are"}};
}

}  // namespace kiln::keras
