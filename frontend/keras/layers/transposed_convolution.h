// Transposed convolution layers: Conv1DTranspose, Conv2DTranspose, Conv3DTranspose.
#pragma once

#include <cstdint>
#include <string>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/sliding_window.h"

namespace kiln::keras {

struct TransposedConvolutionOptions {
  int64_t filters = 0;
  Extents kernel_size = {};
  Extents strides = 1;
  std::string padding = "valid";  ///< or "same"
  Extents output_padding = {};    ///< empty: what makes results as large as strides times inputs
  DataFormat data_format = DataFormat::channels_last;
  Extents dilation_rate = 1;
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

/// The way back through a convolution, as in its gradient: [batch, spatial..., channels] to [batch,
/// larger spatial..., filters]; kernel: [kernel_size..., filters, channels].
class TransposedConvolution : public Layer {
 public:
  TransposedConvolution(size_t rank, TransposedConvolutionOptions options);

  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  /// The convolution that this is the way back through: its window slides over the result.
  SlidingWindow window() const;
  Status check_output_padding() const;
  /// The result's extent along spatial dimension i for an input's n; kNone for kNone.
  int64_t result_extent(size_t i, int64_t n) const;

  size_t rank_;
  TransposedConvolutionOptions options_;
};

/// The layer of one rank.
template <size_t kRank>
class TransposedConvolutionOfRank : public TransposedConvolution {
 public:
  explicit TransposedConvolutionOfRank(TransposedConvolutionOptions options)
      : TransposedConvolution(kRank, std::move(options)) {}
  TransposedConvolutionOfRank(int64_t filters, Extents kernel_size,
                              ActivationFunction activation = "linear")
      : TransposedConvolutionOfRank(
            TransposedConvolutionOptions{.filters = filters,
                                         .kernel_size = std::move(kernel_size),
                                         .activation = std::move(activation)}) {}
  std::string_view class_name() const override {
    return kRank == 1 ? "Conv1DTranspose" : kRank == 2 ? "Conv2DTranspose" : "Conv3DTranspose";
  }
};

using Conv1DTranspose = TransposedConvolutionOfRank<1>;
using Conv2DTranspose = TransposedConvolutionOfRank<2>;
using Conv3DTranspose = TransposedConvolutionOfRank<3>;

}  // namespace kiln::keras
