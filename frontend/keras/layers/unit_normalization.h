// Scaling to length 1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/same_shape.h"

namespace kiln::keras {

/// x / |x|, the Euclidean norm over the axes; zeros stay zeros.
class UnitNormalization : public SameShapeLayer {
 public:
  explicit UnitNormalization(std::vector<int64_t> axis = {-1}, std::string layer_name = "")
      : axis_(std::move(axis)) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "UnitNormalization"; }
  OptionList option_list() override;

 private:
  Expected<std::vector<WeightSpec>> weights(const LayerInput& input) const override;
  ir::Tensor function(CallContext& context, ir::Tensor x) const override;

  std::vector<int64_t> axis_;
};

}  // namespace kiln::keras
