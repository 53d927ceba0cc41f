// Normalization of each example's channels in groups.
#pragma once

#include <cstdint>
#include <string>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

struct GroupNormalizationOptions {
  int64_t groups = 32;  ///< -1: every channel by itself
  int64_t axis = -1;    ///< of the channels
  double epsilon = 1e-3;
  bool center = true;  ///< add beta
  bool scale = true;   ///< multiply by gamma
  Initializer beta_initializer = "Zeros";
  Initializer gamma_initializer = "Ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  std::string name = "";
  bool trainable = true;
};

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta, the moments of an example over all
/// dimensions of a group of channels; gamma and beta by channel. Wu, He, "Group normalization"
/// (2018).
class GroupNormalization : public Layer {
 public:
  explicit GroupNormalization(GroupNormalizationOptions options = {});

  std::string_view class_name() const override { return "GroupNormalization"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  bool passes_mask() const override { return true; }
  OptionList option_list() override;

 private:
  GroupNormalizationOptions options_;
};

}  // namespace kiln::keras
