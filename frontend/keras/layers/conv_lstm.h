// LSTMs of images: ConvLSTM1D to ConvLSTM3D.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/recurrent_layer.h"
#include "frontend/keras/layers/base/sliding_window.h"

namespace kiln::keras {

struct ConvLSTMOptions {
  int64_t filters = 0;
  Extents kernel_size = {};
  Extents strides = 1;            ///< of the inputs' kernel
  std::string padding = "valid";  ///< of the inputs' kernel; or "same"
  DataFormat data_format = DataFormat::channels_last;
  Extents dilation_rate = 1;
  ActivationFunction activation = "tanh";
  ActivationFunction recurrent_activation = "sigmoid";
  bool use_bias = true;
  Initializer kernel_initializer = "GlorotUniform";
  Initializer recurrent_initializer = "Orthogonal";
  Initializer bias_initializer = "Zeros";
  bool unit_forget_bias = true;  ///< the forget gate's bias begins as one
  Regularizer kernel_regularizer = {}, recurrent_regularizer = {}, bias_regularizer = {};
  Constraint kernel_constraint = {}, recurrent_constraint = {}, bias_constraint = {};
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;  ///< a batch begins with the states that the last one left
  bool zero_output_for_mask = false;
  std::string name = "";
};

/// An LSTM whose products are convolutions: [batch, time, spatial..., channels] to [batch,
/// spatial..., filters], or with return_sequences to one for each step; with return_state the last
/// h and c follow. States keep their shape: their kernel has strides of 1 and padding "same". Shi et
/// al., "Convolutional LSTM network" (2015).
class ConvLSTM : public RecurrentLayer {
 public:
  ConvLSTM(size_t rank, ConvLSTMOptions options);

  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  RecurrentRun run() const override { return run_of(options_); }
  size_t state_count() const override { return 2; }
  int64_t output_size() const override { return options_.filters; }

 protected:
  const ConvLSTMOptions& options() const { return options_; }

 private:
  SlidingWindow input_window() const;
  SlidingWindow state_window() const;
  /// h and c after a step. z: what the input adds to the gates.
  std::vector<ir::Tensor> step(ir::Tensor z, ir::Tensor h, ir::Tensor c,
                               ir::Tensor recurrent_kernel) const;

  size_t rank_;
  ConvLSTMOptions options_;
};

/// The layer of one rank.
template <size_t kRank>
class ConvLSTMOfRank : public ConvLSTM {
 public:
  explicit ConvLSTMOfRank(ConvLSTMOptions options) : ConvLSTM(kRank, std::move(options)) {}
  std::string_view class_name() const override {
    constexpr std::string_view kNames[] = {"ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"};
    return kNames[kRank - 1];
  }
  std::shared_ptr<RecurrentLayer> running(const RecurrentRun& run,
                                          const std::string& layer_name) const override {
    return std::make_shared<ConvLSTMOfRank>(keras::running(options(), run, layer_name));
  }
};

using ConvLSTM1D = ConvLSTMOfRank<1>;
using ConvLSTM2D = ConvLSTMOfRank<2>;
using ConvLSTM3D = ConvLSTMOfRank<3>;

}  // namespace kiln::keras
