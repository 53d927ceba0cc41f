// The rectifier that learns its slope.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/same_shape.h"

namespace kiln::keras {

struct PReLUOptions {
  Initializer alpha_initializer = "Zeros";
  Regularizer alpha_regularizer = {};
  Constraint alpha_constraint = {};
  std::vector<int64_t> shared_axes =
      {};  ///< alpha has extent 1 there; from 1, the first after the batch
  std::string name = "";
  bool trainable = true;
};

/// x above 0, alpha · x below, alpha in a row's shape. He et al., "Delving deep into rectifiers"
/// (2015).
class PReLU : public SameShapeLayer {
 public:
  explicit PReLU(PReLUOptions options = {});

  std::string_view class_name() const override { return "PReLU"; }
  OptionList option_list() override;

 private:
  Expected<std::vector<WeightSpec>> weights(const LayerInput& input) const override;
  ir::Tensor function(CallContext& context, ir::Tensor x) const override;

  PReLUOptions options_;
};

}  // namespace kiln::keras
