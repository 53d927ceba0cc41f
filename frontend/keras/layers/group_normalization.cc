#include "frontend/keras/layers/group_normalization.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/normalize.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

GroupNormalization::GroupNormalization(GroupNormalizationOptions options)
    : options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
}

Expected<LayerBuild> GroupNormalization::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_ASSIGN(const int64_t axis, resolve_axis(options_.axis, input.type.rank()));
  KILN_ASSIGN(const int64_t channels, known_extent(input, axis));
  const int64_t groups = options_.groups == -1 ? channels : options_.groups;
  if (groups <= 0 || channels % groups != 0) {
    return Diagnostic{
        "", fmt::format("{} channels do not make {} groups", channels, options_.groups), ""};
  }
  LayerBuild build;
  KILN_ASSIGN(build.weights, scale_and_offset_weights(options_, {channels}));
  build.outputs = {input.type.with_element(ir::ElementType::f32)};
  return build;
}

std::vector<Signal> GroupNormalization::call(CallContext& context,
                                             std::span<const Signal> inputs) const {
  const ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const int64_t axis = *resolve_axis(options_.axis, x.rank());
  const int64_t channels = x.shape()[static_cast<size_t>(axis)];
  const int64_t groups = options_.groups == -1 ? channels : options_.groups;
  // The channels' dimension becomes two: groups, and channels of a group.
  ir::Shape grouped = x.shape();
  grouped[static_cast<size_t>(axis)] = channels / groups;
  grouped.insert(grouped.begin() + axis, groups);
  std::vector<int64_t> reduced;
  for (int64_t d = 1; d < static_cast<int64_t>(grouped.size()); ++d) {
    if (d != axis) reduced.push_back(d);
  }
  const Moments own = moments(context, reshape(x, grouped), reduced);
  const ir::Tensor normal = own.deviation * rsqrt(own.variance + options_.epsilon);
  ir::Tensor y = reshape(normal, x.shape());
  const int64_t along_channels[] = {axis};
  if (options_.scale) y = y * along(context.weight("gamma"), x, along_channels);
  if (options_.center) y = y + along(context.weight("beta"), x, along_channels);
  return {{y, {}}};
}

OptionList GroupNormalization::option_list() {
  GroupNormalizationOptions& o = options_;
  const OptionList shape = {{"groups", &o.groups, "of channels; -1: each channel is one"},
                            {"axis", &o.axis, "of the channels"},
                            {"epsilon", &o.epsilon, "added to the variance"}};
  return shape + scale_and_offset_flags(o) + scale_and_offset_initializers(o) +
         scale_and_offset_penalties(o);
}

}  // namespace kiln::keras
