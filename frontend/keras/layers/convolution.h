// Convolution layers: Conv1D, Conv2D, Conv3D.
#pragma once

#include <cstdint>
#include <string>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/sliding_window.h"

namespace kiln::keras {

struct ConvolutionOptions {
  int64_t filters = 0;
  Extents kernel_size = {};
  Extents strides = 1;
  std::string padding = "valid";  ///< or "same"; Conv1D: or "causal"
  DataFormat data_format = DataFormat::channels_last;
  Extents dilation_rate = 1;
  int64_t groups = 1;  ///< channels and filters are cut into as many runs that do not mix
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

/// activation(kernel slid over x + bias): [batch, spatial..., channels] to [batch, spatial...,
/// filters]; kernel: [kernel_size..., channels / groups, filters].
class Convolution : public Layer {
 public:
  Convolution(size_t rank, ConvolutionOptions options);

  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  SlidingWindow window() const;

  size_t rank_;
  ConvolutionOptions options_;
};

/// The layer of one rank.
template <size_t kRank>
class ConvolutionOfRank : public Convolution {
 public:
  explicit ConvolutionOfRank(ConvolutionOptions options) : Convolution(kRank, std::move(options)) {}
  ConvolutionOfRank(int64_t filters, Extents kernel_size, ActivationFunction activation = "linear")
      : ConvolutionOfRank(ConvolutionOptions{.filters = filters,
                                             .kernel_size = std::move(kernel_size),
                                             .activation = std::move(activation)}) {}
  std::string_view class_name() const override {
    return kRank == 1 ? "Conv1D" : kRank == 2 ? "Conv2D" : "Conv3D";
  }
};

using Conv1D = ConvolutionOfRank<1>;
using Conv2D = ConvolutionOfRank<2>;
using Conv3D = ConvolutionOfRank<3>;

}  // namespace kiln::keras
