// What the normalizing layers share: moments of a tensor, and the weights gamma and beta.
#pragma once

#include <span>
#include <vector>

#include "frontend/keras/config_reader.h"
#include "frontend/keras/layer.h"
#include "frontend/keras/layers/one_input.h"

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

/// The keys of scale, center and their initializers, as all these layers' options call them.
template <typename Options>
Status read_scale_and_offset(ConfigReader& config, Options& options) {
  options.center = config.boolean("center", true);
  options.scale = config.boolean("scale", true);
  KILN_ASSIGN(options.beta_initializer, read_initializer(config, "beta_initializer", "Zeros"));
  KILN_ASSIGN(options.gamma_initializer, read_initializer(config, "gamma_initializer", "Ones"));
  KILN_ASSIGN(options.beta_regularizer, read_regularizer(config, "beta_regularizer"));
  KILN_ASSIGN(options.gamma_regularizer, read_regularizer(config, "gamma_regularizer"));
  KILN_ASSIGN(options.beta_constraint, read_constraint(config, "beta_constraint"));
  KILN_ASSIGN(options.gamma_constraint, read_constraint(config, "gamma_constraint"));
  return ok();
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
