// Layers that models of keras.applications have besides those of keras.layers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "frontend/keras/layers/base/noise.h"
#include "frontend/keras/layers/base/same_shape.h"

namespace kiln::keras {

/// x · gamma, a learnt factor for each channel (the last dimension). ConvNeXt's; Touvron et al.,
/// "Going deeper with image transformers" (2021).
class LayerScale : public SameShapeLayer {
 public:
  /// `projection_dim`: how many channels there are.
  explicit LayerScale(double init_values, int64_t projection_dim = 0, std::string layer_name = "")
      : init_values_(init_values), projection_dim_(projection_dim) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "LayerScale"; }
  OptionList option_list() override;

 private:
  Expected<std::vector<WeightSpec>> weights(const LayerInput& input) const override;
  ir::Tensor function(CallContext& context, ir::Tensor x) const override;

  double init_values_;
  int64_t projection_dim_;
};

/// While training: an example is 0 with that probability, otherwise divided by the probability of
/// the contrary. ConvNeXt's; Huang et al., "Deep networks with stochastic depth" (2016).
class StochasticDepth : public NoiseLayer {
 public:
  explicit StochasticDepth(double drop_path_rate, std::string layer_name = "")
      : NoiseLayer("drop_path_rate", drop_path_rate, {}) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "StochasticDepth"; }
  OptionList option_list() override;

 private:
  ir::Tensor noisy(CallContext& context, ir::Tensor x) const override;
};

/// a + b · scale of two inputs of one shape. InceptionResNetV2's.
class CustomScaleLayer : public Layer {
 public:
  explicit CustomScaleLayer(double scale, std::string layer_name = "") : scale_(scale) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "CustomScaleLayer"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  double scale_;
};

}  // namespace kiln::keras
