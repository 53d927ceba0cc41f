// All dimensions of a row in one.
#pragma once

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// [batch, a, b, ...] to [batch, a * b * ...].
class Flatten : public Layer {
 public:
  explicit Flatten(std::string layer_name = "") { name = std::move(layer_name); }

  std::string_view class_name() const override { return "Flatten"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
};

}  // namespace kiln::keras
