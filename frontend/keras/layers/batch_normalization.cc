#include "frontend/keras/layers/batch_normalization.h"

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/normalize.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// What the layer normalizes with while it trains; moves the averages.
Moments moving_moments(CallContext& context, Tensor x, Tensor mask, int64_t axis, double momentum) {
  std::vector<int64_t> dimensions;
  for (int64_t d = 0; d < x.rank(); ++d) {
    if (d != axis) dimensions.push_back(d);
  }
  const Moments batch = moments(context, x, dimensions, mask);
  auto move = [&](const char* name, Tensor value) {
    const Tensor average = context.weight(name);
    context.update(name, average * momentum + reshape(value, average.shape()) * (1 - momentum));
  };
  move("moving_mean", batch.mean);
  move("moving_variance", batch.variance);
  return batch;
}

}  // namespace

BatchNormalization::BatchNormalization(BatchNormalizationOptions options)
    : options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
}

Expected<LayerBuild> BatchNormalization::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check(options_.moving_mean_initializer));
  KILN_TRY(check(options_.moving_variance_initializer));
  KILN_ASSIGN(const int64_t axis, resolve_axis(options_.axis, input.type.rank()));
  KILN_ASSIGN(const int64_t channels, known_extent(input, axis));
  LayerBuild build;
  KILN_ASSIGN(build.weights, scale_and_offset_weights(options_, {channels}));
  const ir::Type type{ir::ElementType::f32, {channels}};
  build.weights.push_back({"moving_mean", type, options_.moving_mean_initializer, false});
  build.weights.push_back({"moving_variance", type, options_.moving_variance_initializer, false});
  build.outputs = {input.type.with_element(ir::ElementType::f32)};
  return build;
}

std::vector<Signal> BatchNormalization::call(CallContext& context,
                                             std::span<const Signal> inputs) const {
  const Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const int64_t axis = *resolve_axis(options_.axis, x.rank());
  const int64_t channels[] = {axis};
  const Tensor mask = context.mask(inputs[0], {x.shape().begin(), x.shape().end() - 1});
  Moments used;
  if (context.training && trainable) {
    used = moving_moments(context, x, mask, axis, options_.momentum);
  } else {
    used.variance = along(context.weight("moving_variance"), x, channels);
    used.deviation = x - along(context.weight("moving_mean"), x, channels);
  }
  return {{scale_and_offset(context, options_, used.deviation, used.variance, channels), {}}};
}

OptionList BatchNormalization::option_list() {
  BatchNormalizationOptions& o = options_;
  const OptionList shape = {
      {"axis", &o.axis, "of the channels; all other dimensions are averaged over"},
      {"momentum", &o.momentum, "of the moving averages: how much they keep in a step"},
      {"epsilon", &o.epsilon, "added to the variance"}};
  const OptionList moving = {
      {"moving_mean_initializer", &o.moving_mean_initializer, "first value of the moving mean"},
      {"moving_variance_initializer", &o.moving_variance_initializer,
       "first value of the moving variance"}};
  const OptionList fixed = {{"synchronized", Fixed{{false}}, "moments across devices"},
                            {"renorm", Fixed{{false}}, "batch renormalization"},
                            {"renorm_clipping", Ignored{}, "of batch renormalization"},
                            {"renorm_momentum", Ignored{0.99}, "of batch renormalization"}};
  return shape + scale_and_offset_flags(o) + scale_and_offset_initializers(o) + moving +
         scale_and_offset_penalties(o) + fixed;
}

}  // namespace kiln::keras
