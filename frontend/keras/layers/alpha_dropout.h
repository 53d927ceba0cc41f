// Dropout for self-normalizing networks.
#pragma once

#include "frontend/keras/layers/dropout.h"

namespace kiln::keras {

/// While training: with probability `rate` x becomes what selu() tends to far below zero; then all
/// is scaled and shifted so that inputs of mean 0 and variance 1 keep them. Klambauer et al.,
/// "Self-normalizing neural networks" (2017).
class AlphaDropout : public NoiseLayer {
 public:
  explicit AlphaDropout(DropoutOptions options);
  explicit AlphaDropout(double rate) : AlphaDropout(DropoutOptions{.rate = rate}) {}

  std::string_view class_name() const override { return "AlphaDropout"; }
  OptionList option_list() override;

 private:
  Status check(const LayerInput& input) const override;
  ir::Tensor noisy(CallContext& context, ir::Tensor x) const override;

  ir::Shape noise_shape_;
};

}  // namespace kiln::keras
