// Normal noise, added or multiplied.
#pragma once

#include "frontend/keras/layers/base/noise.h"

namespace kiln::keras {

/// While training: x + noise, normal with mean 0 and that standard deviation.
class GaussianNoise : public NoiseLayer {
 public:
  explicit GaussianNoise(double stddev, std::optional<int64_t> seed = {},
                         std::string layer_name = "")
      : NoiseLayer("stddev", stddev, seed) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "GaussianNoise"; }
  OptionList option_list() override;

 private:
  ir::Tensor noisy(CallContext& context, ir::Tensor x) const override;
  bool takes_one() const override { return true; }
};

/// While training: x · noise, normal with mean 1 and standard deviation sqrt(rate / (1 - rate)):
/// dropout's. Srivastava et al., "Dropout" (2014), section 10.
class GaussianDropout : public NoiseLayer {
 public:
  explicit GaussianDropout(double rate, std::optional<int64_t> seed = {},
                           std::string layer_name = "")
      : NoiseLayer("rate", rate, seed) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "GaussianDropout"; }
  OptionList option_list() override;

 private:
  ir::Tensor noisy(CallContext& context, ir::Tensor x) const override;
};

}  // namespace kiln::keras
