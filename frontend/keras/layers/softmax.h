// The softmax over any dimensions, as a layer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/same_shape.h"

namespace kiln::keras {

/// e^x / sum(e^x), the sum over the axes. A mask would have to fit all of x, which none does.
class Softmax : public SameShapeLayer {
 public:
  explicit Softmax(std::vector<int64_t> axis = {-1}, std::string layer_name = "")
      : axis_(std::move(axis)) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "Softmax"; }
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  bool takes_mask() const override { return true; }

 private:
  Expected<std::vector<WeightSpec>> weights(const LayerInput& input) const override;
  ir::Tensor function(CallContext& context, ir::Tensor x) const override;

  std::vector<int64_t> axis_;
};

}  // namespace kiln::keras
