#include "frontend/keras/layers/gaussian_noise.h"

#include <cmath>

#include "frontend/keras/functions/random.h"

namespace kiln::keras {

ir::Tensor GaussianNoise::noisy(CallContext& context, ir::Tensor x) const {
  return x + standard_normal(draw_bits(context, x.shape())) * strength_;
}

OptionList GaussianNoise::option_list() {
  return strength_and_seed("standard deviation of the noise");
}

ir::Tensor GaussianDropout::noisy(CallContext& context, ir::Tensor x) const {
  const double stddev = std::sqrt(strength_ / (1 - strength_));
  return x * (standard_normal(draw_bits(context, x.shape())) * stddev + 1.0);
}

OptionList GaussianDropout::option_list() {
  return strength_and_seed("dropout's rate with as much noise");
}

}  // namespace kiln::keras
