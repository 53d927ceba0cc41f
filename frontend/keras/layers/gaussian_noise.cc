#include "frontend/keras/layers/gaussian_noise.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "frontend/keras/random.h"

namespace kiln::keras {

Expected<LayerPointer> GaussianNoise::read(ConfigReader& config) {
  const double stddev = config.number("stddev");
  return LayerPointer(std::make_shared<GaussianNoise>(stddev, config.optional_integer("seed")));
}

ir::Tensor GaussianNoise::noisy(CallContext& context, ir::Tensor x) const {
  return x + standard_normal(draw_bits(context, x.shape())) * strength_;
}

void GaussianNoise::write_config(Json& config) const {
  config["stddev"] = strength_;
  write_seed(config);
}

Expected<LayerPointer> GaussianDropout::read(ConfigReader& config) {
  const double rate = config.number("rate");
  return LayerPointer(std::make_shared<GaussianDropout>(rate, config.optional_integer("seed")));
}

ir::Tensor GaussianDropout::noisy(CallContext& context, ir::Tensor x) const {
  const double stddev = std::sqrt(strength_ / (1 - strength_));
  return x * (standard_normal(draw_bits(context, x.shape())) * stddev + 1.0);
}

void GaussianDropout::write_config(Json& config) const {
  config["rate"] = strength_;
  write_seed(config);
}

}  // namespace kiln::keras
