// What layers share that keep their input's shape.
#pragma once

#include <span>
#include <vector>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// A layer of one input that gives numbers of f32 in the input's shape, and passes its mask on.
class SameShapeLayer : public Layer {
 public:
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const final;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  bool passes_mask() const final { return true; }

 protected:
  /// The weights; the place to check options and the input.
  virtual Expected<std::vector<WeightSpec>> weights(const LayerInput& input) const;
  /// The layer's function; x is f32.
  virtual ir::Tensor function(CallContext& context, ir::Tensor x) const = 0;
};

}  // namespace kiln::keras
