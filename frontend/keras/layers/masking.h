// Masks by a value that stands for padding.
#pragma once

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// x: [batch, time, ..., n]. Positions at which all n features are mask_value are masked, and
/// become zero.
class Masking : public Layer {
 public:
  explicit Masking(double mask_value = 0) : mask_value_(mask_value) {}

  std::string_view class_name() const override { return "Masking"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  double mask_value_;
};

}  // namespace kiln::keras
