// A dense layer over any dimensions.
#pragma once

#include <cstdint>
#include <string>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

struct EinsumDenseOptions {
  std::string equation = "";    ///< "abc,cd->abd": dimensions of input, kernel and output
  ir::Shape output_shape = {};  ///< without the batch; kNone: the input's extent
  std::string bias_axes = "";   ///< dimensions of the output that the bias has; empty: no bias
  ActivationFunction activation = "linear";
  Initializer kernel_initializer = "GlorotUniform";
  Initializer bias_initializer = "Zeros";
  Regularizer kernel_regularizer = {}, bias_regularizer = {};
  Constraint kernel_constraint = {}, bias_constraint = {};
  std::string name = "";
};

/// activation(einsum(equation, x, kernel) + bias). An ellipsis stands for further dimensions at the
/// start or at the end of input and output.
class EinsumDense : public Layer {
 public:
  explicit EinsumDense(EinsumDenseOptions options);

  std::string_view class_name() const override { return "EinsumDense"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  EinsumDenseOptions options_;
};

}  // namespace kiln::keras
