// Normalization by the root of the mean square.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

struct RMSNormalizationOptions {
  std::vector<int64_t> axis = {-1};  ///< normalized over; the weight has these dimensions
  double epsilon = 1e-6;
  std::string name = "";
  bool trainable = true;
};

/// x / sqrt(mean(x²) + epsilon) * scale, the mean over the axes, in x's shape. Zhang, Sennrich,
/// "Root mean square layer normalization" (2019).
class RMSNormalization : public Layer {
 public:
  explicit RMSNormalization(RMSNormalizationOptions options = {});

  std::string_view class_name() const override { return "RMSNormalization"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  RMSNormalizationOptions options_;
};

}  // namespace kiln::keras
