#include "frontend/keras/layers/alpha_dropout.h"

#include <cmath>

#include "frontend/keras/functions/random.h"

namespace kiln::keras {

AlphaDropout::AlphaDropout(DropoutOptions options)
    : NoiseLayer("rate", options.rate, options.seed), noise_shape_(std::move(options.noise_shape)) {
  name = std::move(options.name);
}

Status AlphaDropout::check(const LayerInput& input) const {
  return check_noise_shape(noise_shape_, input);
}

ir::Tensor AlphaDropout::noisy(CallContext& context, ir::Tensor x) const {
  // -alpha * scale of selu().
  constexpr double kDropped = -1.7580993408473766;
  const double rate = strength_;
  const double a = 1 / std::sqrt((1 - rate) * (1 + rate * kDropped * kDropped));
  const ir::Shape shape = concrete_noise_shape(noise_shape_, x);
  const ir::Tensor kept = bernoulli(draw_bits(context, shape), 1 - rate);
  return select(kept, x, kDropped) * a - a * kDropped * rate;
}

OptionList AlphaDropout::option_list() {
  return strength_and_seed("part of the inputs that is dropped") + noise_shape_option(noise_shape_);
}

}  // namespace kiln::keras
