// Normalization of each example by itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

struct LayerNormalizationOptions {
  std::vector<int64_t> axis = {-1};  ///< normalized over; gamma and beta have these dimensions
  double epsilon = 1e-3;
  bool center = true;  ///< add beta
  bool scale = true;   ///< multiply by gamma
  Initializer beta_initializer = "Zeros";
  Initializer gamma_initializer = "Ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  std::string name = "";
  bool trainable = true;
};

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta, the moments over the axes, in x's shape.
/// Ba, Kiros, Hinton, "Layer normalization" (2016).
class LayerNormalization : public Layer {
 public:
  explicit LayerNormalization(LayerNormalizationOptions options = {});

  std::string_view class_name() const override { return "LayerNormalization"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  bool passes_mask() const override { return true; }
  OptionList option_list() override;

 private:
  LayerNormalizationOptions options_;
};

}  // namespace kiln::keras
