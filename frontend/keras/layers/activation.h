// An activation function as a layer.
#pragma once

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// function(x), in x's shape.
class Activation : public Layer {
 public:
  explicit Activation(ActivationFunction function, std::string layer_name = "")
      : function_(std::move(function)) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "Activation"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  bool passes_mask() const override { return true; }

 private:
  ActivationFunction function_;
};

}  // namespace kiln::keras
