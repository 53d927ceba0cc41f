#include "frontend/keras/layers/prelu.h"

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

PReLU::PReLU(PReLUOptions options) : options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
}

Expected<std::vector<WeightSpec>> PReLU::weights(const LayerInput& input) const {
  KILN_TRY(keras::check(options_.alpha_initializer));
  LayerInput row = input;
  for (int64_t axis : options_.shared_axes) {
    KILN_ASSIGN(const int64_t dimension, resolve_axis(axis, input.type.rank()));
    row.type.shape[static_cast<size_t>(dimension)] = 1;
  }
  ir::Shape shape;
  for (int64_t d = 1; d < row.type.rank(); ++d) {
    KILN_ASSIGN(const int64_t extent, known_extent(row, d));
    shape.push_back(extent);
  }
  return std::vector<WeightSpec>{{"alpha",
                                  {ir::ElementType::f32, std::move(shape)},
                                  options_.alpha_initializer,
                                  true,
                                  options_.alpha_regularizer,
                                  options_.alpha_constraint}};
}

ir::Tensor PReLU::function(CallContext& context, ir::Tensor x) const {
  return maximum(x, 0.0) - context.weight("alpha") * maximum(-x, 0.0);
}

OptionList PReLU::option_list() {
  PReLUOptions& o = options_;
  return {{"alpha_initializer", &o.alpha_initializer, "first values of alpha"},
          {"alpha_regularizer", &o.alpha_regularizer, "what alpha adds to the loss"},
          {"alpha_constraint", &o.alpha_constraint, "on alpha after each update"},
          {"shared_axes", Axes{&o.shared_axes, Axes::kListOrNull},
           "dimensions along which alpha is the same, the first after the batch is 1"}};
}

}  // namespace kiln::keras
