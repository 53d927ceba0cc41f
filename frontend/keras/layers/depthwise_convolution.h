// Depthwise convolution layers: DepthwiseConv1D, DepthwiseConv2D.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/sliding_window.h"

namespace kiln::keras {

struct DepthwiseConvolutionOptions {
  Extents kernel_size = {};
  Extents strides = 1;
  std::string padding = "valid";  ///< or "same"
  int64_t depth_multiplier = 1;
  DataFormat data_format = DataFormat::channels_last;
  Extents dilation_rate = 1;
  ActivationFunction activation = "linear";
  bool use_bias = true;
  Initializer depthwise_initializer = "GlorotUniform";
  Initializer bias_initializer = "Zeros";
  Regularizer depthwise_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};
  Constraint depthwise_constraint = {};
  Constraint bias_constraint = {};
  std::string name = "";
  bool trainable = true;
};

/// A kernel of its own slides over each channel: [batch, spatial..., channels] to [batch,
/// spatial..., channels * depth_multiplier]; kernel: [kernel_size..., channels, depth_multiplier].
class DepthwiseConvolution : public Layer {
 public:
  DepthwiseConvolution(size_t rank, DepthwiseConvolutionOptions options);

  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  size_t rank_;
  DepthwiseConvolutionOptions options_;
};

/// The layer of one rank.
template <size_t kRank>
class DepthwiseConvolutionOfRank : public DepthwiseConvolution {
 public:
  explicit DepthwiseConvolutionOfRank(DepthwiseConvolutionOptions options)
      : DepthwiseConvolution(kRank, std::move(options)) {}
  explicit DepthwiseConvolutionOfRank(int64_t kernel_size)
      : DepthwiseConvolutionOfRank(DepthwiseConvolutionOptions{.kernel_size = kernel_size}) {}
  DepthwiseConvolutionOfRank(std::initializer_list<int64_t> kernel_size)
      : DepthwiseConvolutionOfRank(DepthwiseConvolutionOptions{.kernel_size = kernel_size}) {}
  std::string_view class_name() const override {
    return kRank == 1 ? "DepthwiseConv1D" : "DepthwiseConv2D";
  }
};

using DepthwiseConv1D = DepthwiseConvolutionOfRank<1>;
using DepthwiseConv2D = DepthwiseConvolutionOfRank<2>;

}  // namespace kiln::keras
