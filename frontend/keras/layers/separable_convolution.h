// Separable convolution layers: SeparableConv1D, SeparableConv2D.
#pragma once

#include <cstdint>
#include <string>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/sliding_window.h"

namespace kiln::keras {

struct SeparableConvolutionOptions {
  int64_t filters = 0;
  Extents kernel_size = {};
  Extents strides = 1;
  std::string padding = "valid";  ///< or "same"
  DataFormat data_format = DataFormat::channels_last;
  Extents dilation_rate = 1;
  int64_t depth_multiplier = 1;
  ActivationFunction activation = "linear";
  bool use_bias = true;
  Initializer depthwise_initializer = "GlorotUniform";
  Initializer pointwise_initializer = "GlorotUniform";
  Initializer bias_initializer = "Zeros";
  Regularizer depthwise_regularizer = {};
  Regularizer pointwise_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};
  Constraint depthwise_constraint = {};
  Constraint pointwise_constraint = {};
  Constraint bias_constraint = {};
  std::string name = "";
  bool trainable = true;
};

/// A depthwise convolution, then one with a window of one element that mixes the channels:
/// [batch, spatial..., channels] to [batch, spatial..., filters].
class SeparableConvolution : public Layer {
 public:
  SeparableConvolution(size_t rank, SeparableConvolutionOptions options);

  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  size_t rank_;
  SeparableConvolutionOptions options_;
};

/// The layer of one rank.
template <size_t kRank>
class SeparableConvolutionOfRank : public SeparableConvolution {
 public:
  explicit SeparableConvolutionOfRank(SeparableConvolutionOptions options)
      : SeparableConvolution(kRank, std::move(options)) {}
  SeparableConvolutionOfRank(int64_t filters, Extents kernel_size,
                             ActivationFunction activation = "linear")
      : SeparableConvolutionOfRank(
            SeparableConvolutionOptions{.filters = filters,
                                        .kernel_size = std::move(kernel_size),
                                        .activation = std::move(activation)}) {}
  std::string_view class_name() const override {
    return kRank == 1 ? "SeparableConv1D" : "SeparableConv2D";
  }
};

using SeparableConv1D = SeparableConvolutionOfRank<1>;
using SeparableConv2D = SeparableConvolutionOfRank<2>;

}  // namespace kiln::keras
