#include "frontend/keras/layers/group_normalization.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/axes.h"
#include "frontend/keras/layers/normalize.h"
#include "frontend/keras/layers/one_input.h"

namespace kiln::keras {

GroupNormalization::GroupNormalization(GroupNormalizationOptions options)
    : options_(std::move(options)) {
  name = options_.name;
  trainable = options_.trainable;
}

Expected<LayerPointer> GroupNormalization::read(ConfigReader& config) {
  GroupNormalizationOptions options;
  options.groups = config.integer("groups", 32);
  options.axis = config.integer("axis", -1);
  options.epsilon = config.number("epsilon", 1e-3);
  KILN_TRY(read_scale_and_offset(config, options));
  return LayerPointer(std::make_shared<GroupNormalization>(std::move(options)));
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

void GroupNormalization::write_config(Json& config) const {
  config["groups"] = options_.groups;
  config["axis"] = options_.axis;
  config["epsilon"] = options_.epsilon;
  config["center"] = options_.center;
  config["scale"] = options_.scale;
  config["beta_initializer"] = write_initializer(options_.beta_initializer);
  config["gamma_initializer"] = write_initializer(options_.gamma_initializer);
  config["beta_regularizer"] = write_regularizer(options_.beta_regularizer);
  config["gamma_regularizer"] = write_regularizer(options_.gamma_regularizer);
  config["beta_constraint"] = write_constraint(options_.beta_constraint);
  config["gamma_constraint"] = write_constraint(options_.gamma_constraint);
}

}  // namespace kiln::keras
