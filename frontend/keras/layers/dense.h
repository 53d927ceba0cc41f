// A fully connected layer.
#pragma once

#include <cstdint>
#include <string>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

struct DenseOptions {
  int64_t units = 0;
  ActivationFunction activation = "linear";
  bool use_bias = true;
  Initializer kernel_initializer = "GlorotUniform";
  Initializer bias_initializer = "Zeros";
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  std::string name = "";
  bool trainable = true;
};

/// activation(x · kernel + bias) over the last dimension: [batch, ..., n] to [batch, ..., units].
class Dense : public Layer {
 public:
  explicit Dense(DenseOptions options);
  explicit Dense(int64_t units, ActivationFunction activation = "linear")
      : Dense(DenseOptions{.units = units, .activation = std::move(activation)}) {}

  std::string_view class_name() const override { return "Dense"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  bool passes_mask() const override { return true; }

 private:
  DenseOptions options_;
};

}  // namespace kiln::keras
