// Normalization by the statistics of the batch.
#pragma once

#include <cstdint>
#include <string>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

struct BatchNormalizationOptions {
  int64_t axis = -1;  ///< of the channels: all other dimensions are averaged over
  double momentum = 0.99;
  double epsilon = 1e-3;
  bool center = true;  ///< add beta
  bool scale = true;   ///< multiply by gamma
  Initializer beta_initializer = "Zeros";
  Initializer gamma_initializer = "Ones";
  Initializer moving_mean_initializer = "Zeros";
  Initializer moving_variance_initializer = "Ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  std::string name = "";
  bool trainable = true;
};

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta for each channel, in x's shape. While
/// training, the moments are the batch's, over its real rows, and move the moving averages:
/// average * momentum + moment * (1 - momentum). In inference, and where the layer is not
/// trainable, they are the moving averages. Ioffe, Szegedy, "Batch normalization" (2015).
class BatchNormalization : public Layer {
 public:
  explicit BatchNormalization(BatchNormalizationOptions options = {});

  std::string_view class_name() const override { return "BatchNormalization"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  bool passes_mask() const override { return true; }
  bool takes_mask() const override { return true; }
  OptionList option_list() override;

 private:
  BatchNormalizationOptions options_;
};

}  // namespace kiln::keras
