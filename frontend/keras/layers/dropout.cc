#include "frontend/keras/layers/dropout.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

Dropout::Dropout(DropoutOptions options)
    : NoiseLayer("rate", options.rate, options.seed), noise_shape_(std::move(options.noise_shape)) {
  name = std::move(options.name);
}

Status Dropout::check(const LayerInput& input) const {
  return check_noise_shape(noise_shape_, input);
}

ir::Tensor Dropout::noisy(CallContext& context, ir::Tensor x) const {
  return dropout(context, x, strength_, concrete_noise_shape(noise_shape_, x));
}

OptionList Dropout::option_list() {
  return strength_and_seed("part of the inputs that is dropped") + noise_shape_option(noise_shape_);
}

OptionList noise_shape_option(ir::Shape& shape) {
  return {{"noise_shape", ShapeOf{&shape, /*empty_is_null=*/true},
           "shape of the draws, 1 where elements share one; null: the input's"}};
}

Status check_noise_shape(const ir::Shape& shape, const LayerInput& input) {
  const ir::Shape& given = input.type.shape;
  bool fits = shape.empty() || shape.size() == given.size();
  for (size_t d = 0; fits && d < shape.size(); ++d)
    fits = shape[d] == kNone || shape[d] == 1 || given[d] == kNone || shape[d] == given[d];
  if (fits) return ok();
  return Diagnostic{"",
                    fmt::format("noise_shape {} does not fit {} from \"{}\"", show_shape(shape),
                                show_shape(given), input.from),
                    "its extents are the input's, None, or 1"};
}

ir::Shape concrete_noise_shape(const ir::Shape& shape, ir::Tensor x) {
  ir::Shape concrete = x.shape();
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 1) concrete[d] = 1;
  }
  return concrete;
}

}  // namespace kiln::keras
