// Piecewise activation functions with parameters.
#pragma once

#include <optional>
#include <string>

#include "frontend/keras/layers/base/same_shape.h"

namespace kiln::keras {

struct ReLUOptions {
  std::optional<double> max_value = {};
  double negative_slope = 0;
  double threshold = 0;
  std::string name = "";
};

/// x from `threshold` on, at most max_value; below it negative_slope · (x - threshold).
class ReLU : public SameShapeLayer {
 public:
  explicit ReLU(ReLUOptions options = {});

  std::string_view class_name() const override { return "ReLU"; }
  OptionList option_list() override;

 private:
  Expected<std::vector<WeightSpec>> weights(const LayerInput& input) const override;
  ir::Tensor function(CallContext& context, ir::Tensor x) const override;

  ReLUOptions options_;
};

/// x above 0, negative_slope · x below.
class LeakyReLU : public SameShapeLayer {
 public:
  explicit LeakyReLU(double negative_slope = 0.3, std::string layer_name = "")
      : negative_slope_(negative_slope) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "LeakyReLU"; }
  OptionList option_list() override;

 private:
  Expected<std::vector<WeightSpec>> weights(const LayerInput& input) const override;
  ir::Tensor function(CallContext& context, ir::Tensor x) const override;

  double negative_slope_;
};

/// x above 0, alpha · (e^x - 1) below.
class ELU : public SameShapeLayer {
 public:
  explicit ELU(double alpha = 1, std::string layer_name = "") : alpha_(alpha) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "ELU"; }
  OptionList option_list() override;

 private:
  ir::Tensor function(CallContext& context, ir::Tensor x) const override;

  double alpha_;
};

}  // namespace kiln::keras
