// What the normalizing layers share: moments of a tensor, and the weights gamma and beta.
#pragma once

#include <span>
#include <vector>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

/// Over some dimensions, which stay with extent 1.
struct Moments {
  ir::Tensor mean;
  ir::Tensor variance;   ///< of the population
  ir::Tensor deviation;  ///< x - mean, in x's shape
};

/// Where the batch is among the dimensions, over the real rows only; with a mask (of x's first
/// dimensions), over what it does not hide.
Moments moments(const CallContext& context, ir::Tensor x, const std::vector<int64_t>& dimensions,
                ir::Tensor mask = {});

/// A tensor of those of x's dimensions (increasing), with all others of extent 1.
ir::Tensor along(ir::Tensor values, ir::Tensor x, std::span<const int64_t> dimensions);

/// The options of gamma and beta, as all these layers call them, in three runs: others stand between
/// them.
template <typename Options>
OptionList scale_and_offset_flags(Options& o) {
  return {{"center", &o.center, "add beta"}, {"scale", &o.scale, "multiply by gamma"}};
}
template <typename Options>
OptionList scale_and_offset_initializers(Options& o) {
  return {{"beta_initializer", &o.beta_initializer, "first values of beta"},
          {"gamma_initializer", &o.gamma_initializer, "first values of gamma"}};
}
template <typename Options>
OptionList scale_and_offset_penalties(Options& o) {
  return {{"beta_regularizer", &o.beta_regularizer, "what beta adds to the loss"},
          {"gamma_regularizer", &o.gamma_regularizer, "what gamma adds to the loss"},
          {"beta_constraint", &o.beta_constraint, "on beta after each update"},
          {"gamma_constraint", &o.gamma_constraint, "on gamma after each update"}};
}

/// gamma and beta where the options ask for them, in that order.
template <typename Options>
Expected<std::vector<WeightSpec>> scale_and_offset_weights(const Options& options,
                                                           ir::Shape shape) {
  KILN_TRY(check(options.beta_initializer));
  KILN_TRY(check(options.gamma_initializer));
  const ir::Type type{ir::ElementType::f32, std::move(shape)};
  std::vector<WeightSpec> weights;
  if (options.scale) {
    weights.push_back({"gamma", type, options.gamma_initializer, true, options.gamma_regularizer,
                       options.gamma_constraint});
  }
  if (options.center) {
    weights.push_back({"beta", type, options.beta_initializer, true, options.beta_regularizer,
                       options.beta_constraint});
  }
  return weights;
}

/// deviation * rsqrt(variance + epsilon) * gamma + beta, the weights lying along `dimensions`.
template <typename Options>
ir::Tensor scale_and_offset(const CallContext& context, const Options& options,
                            ir::Tensor deviation, ir::Tensor variance,
                            std::span<const int64_t> dimensions) {
  ir::Tensor factor = rsqrt(variance + options.epsilon);
  if (options.scale) factor = factor * along(context.weight("gamma"), deviation, dimensions);
  const ir::Tensor y = deviation * factor;
  return options.center ? y + along(context.weight("beta"), deviation, dimensions) : y;
}

}  // namespace kiln::keras
