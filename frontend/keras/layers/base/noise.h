// What layers share that change their input at random while they train.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "frontend/keras/layers/base/same_shape.h"

namespace kiln::keras {

/// The state of a layer's random generator, Keras's seed_generator: from the option `seed`, or from
/// the model's seed.
WeightSpec generator_state(std::optional<int64_t> seed);

/// i32 bits from the layer's generator, which moves on.
ir::Tensor draw_bits(CallContext& context, ir::Shape shape);

/// x where a draw of `shape` (extents: x's, or 1) keeps it, scaled by 1 / (1 - rate); 0 elsewhere.
ir::Tensor dropout(CallContext& context, ir::Tensor x, double rate, ir::Shape shape);

/// While training noisy(x), otherwise x.
class NoiseLayer : public SameShapeLayer {
 protected:
  /// `strength`: the option of that name; 0: no noise, and no generator.
  NoiseLayer(std::string strength_name, double strength, std::optional<int64_t> seed)
      : strength_(strength), seed_(seed), strength_name_(std::move(strength_name)) {}

  Expected<std::vector<WeightSpec>> weights(const LayerInput& input) const override;
  ir::Tensor function(CallContext& context, ir::Tensor x) const final;

  /// Whether the layer can work on that input.
  virtual Status check(const LayerInput&) const { return ok(); }
  /// Called where the strength is not 0.
  virtual ir::Tensor noisy(CallContext& context, ir::Tensor x) const = 0;
  /// The largest strength that means something.
  virtual bool takes_one() const { return false; }

  /// The options that all these layers have.
  OptionList strength_and_seed(std::string_view meaning_of_strength);

  double strength_;
  std::optional<int64_t> seed_;

 private:
  std::string strength_name_;
};

}  // namespace kiln::keras
