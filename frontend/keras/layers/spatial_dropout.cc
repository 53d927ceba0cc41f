#include "frontend/keras/layers/spatial_dropout.h"

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

template <int64_t Dimensions>
SpatialDropout<Dimensions>::SpatialDropout(SpatialDropoutOptions options)
    : NoiseLayer("rate", options.rate, options.seed), data_format_(options.data_format) {
  name = std::move(options.name);
}

template <int64_t Dimensions>
std::string_view SpatialDropout<Dimensions>::class_name() const {
  constexpr std::string_view kNames[] = {"SpatialDropout1D", "SpatialDropout2D",
                                         "SpatialDropout3D"};
  return kNames[Dimensions - 1];
}

template <int64_t Dimensions>
Status SpatialDropout<Dimensions>::check(const LayerInput& input) const {
  return check_rank(input, Dimensions + 2);
}

template <int64_t Dimensions>
ir::Tensor SpatialDropout<Dimensions>::noisy(CallContext& context, ir::Tensor x) const {
  ir::Shape shape = x.shape();
  const int64_t first = first_spatial_dimension(data_format_);
  for (int64_t d = first; d < first + Dimensions; ++d) shape[static_cast<size_t>(d)] = 1;
  return dropout(context, x, strength_, std::move(shape));
}

// Keras's constructor takes no `trainable`, and its config says so.
template <int64_t Dimensions>
OptionList SpatialDropout<Dimensions>::option_list() {
  OptionList options = strength_and_seed("part of the channels that is dropped");
  options.push_back({"name", &name, "unique in a model", kRequired});
  options.push_back({"dtype", Ignored{"float32"}, "what Keras computes in"});
  if (Dimensions > 1) options.push_back({"data_format", &data_format_, "where the channels are"});
  return options;
}

template class SpatialDropout<1>;
template class SpatialDropout<2>;
template class SpatialDropout<3>;

}  // namespace kiln::keras
