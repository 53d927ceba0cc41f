// Dropout: some inputs become 0 while training.
#pragma once

#include "frontend/keras/layers/base/noise.h"

namespace kiln::keras {

struct DropoutOptions {
  double rate = 0.5;  ///< which part of the inputs is dropped
  /// The shape that is drawn, batch included; kNone: the input's extent; 1: one draw for all.
  /// Empty: every element by itself.
  ir::Shape noise_shape = {};
  std::optional<int64_t> seed = {};
  std::string name = "";
};

/// While training: x / (1 - rate), or 0 with probability `rate`. Srivastava et al., "Dropout"
/// (2014).
class Dropout : public NoiseLayer {
 public:
  explicit Dropout(DropoutOptions options);
  explicit Dropout(double rate) : Dropout(DropoutOptions{.rate = rate}) {}

  std::string_view class_name() const override { return "Dropout"; }
  OptionList option_list() override;

 private:
  Status check(const LayerInput& input) const override;
  ir::Tensor noisy(CallContext& context, ir::Tensor x) const override;
  bool takes_one() const override { return true; }

  ir::Shape noise_shape_;
};

/// The option noise_shape, which stands in `shape`.
OptionList noise_shape_option(ir::Shape& shape);
/// Whether it has the input's dimensions, each with its extent, with 1, or open.
Status check_noise_shape(const ir::Shape& shape, const LayerInput& input);
/// The shape to draw for x.
ir::Shape concrete_noise_shape(const ir::Shape& shape, ir::Tensor x);

}  // namespace kiln::keras
