#include "frontend/keras/layers/merging.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/one_input.h"

namespace kiln::keras {
namespace {

Status check_several(std::span<const LayerInput> inputs) {
  if (inputs.size() >= 2) return ok();
  return Diagnostic{"", fmt::format("takes two inputs or more, gets {}", inputs.size()), ""};
}

Diagnostic mismatch(const LayerInput& first, const LayerInput& other) {
  return {"",
          fmt::format("gets {} from \"{}\" and {} from \"{}\"", show_shape(first.type.shape),
                      first.from, show_shape(other.type.shape), other.from),
          ""};
}

/// The extent of two that broadcast; nothing where they do not.
std::optional<int64_t> broadcast_extent(int64_t a, int64_t b) {
  if (a == b || b == 1) return a;
  if (a == 1 || a == kNone) return b;
  if (b == kNone) return a;
  return {};
}

}  // namespace

Add::Add(std::string layer_name) { name = std::move(layer_name); }

Expected<LayerPointer> Add::read(ConfigReader&) { return LayerPointer(std::make_shared<Add>()); }

Expected<LayerBuild> Add::build(std::span<const LayerInput> inputs) const {
  KILN_TRY(check_several(inputs));
  ir::Type sum = inputs[0].type;
  for (const LayerInput& input : inputs.subspan(1)) {
    if (input.type.rank() != sum.rank() || input.type.element != sum.element)
      return mismatch(inputs[0], input);
    for (size_t d = 0; d < sum.shape.size(); ++d) {
      const auto extent = broadcast_extent(sum.shape[d], input.type.shape[d]);
      if (!extent) return mismatch(inputs[0], input);
      sum.shape[d] = *extent;
    }
  }
  return LayerBuild{{}, {std::move(sum)}};
}

std::vector<Signal> Add::call(CallContext&, std::span<const Signal> inputs) const {
  ir::Tensor sum = inputs[0].tensor;
  for (const Signal& input : inputs.subspan(1)) sum = sum + input.tensor;
  return {{sum, {}}};
}

void Add::write_config(Json&) const {}

Concatenate::Concatenate(int64_t axis, std::string layer_name) : axis_(axis) {
  name = std::move(layer_name);
}

Expected<LayerPointer> Concatenate::read(ConfigReader& config) {
  return LayerPointer(std::make_shared<Concatenate>(config.integer("axis", -1)));
}

Expected<LayerBuild> Concatenate::build(std::span<const LayerInput> inputs) const {
  KILN_TRY(check_several(inputs));
  ir::Type all = inputs[0].type;
  const int64_t axis = axis_ < 0 ? axis_ + all.rank() : axis_;
  if (axis < 1 || axis >= all.rank()) {
    return Diagnostic{"",
                      fmt::format("has no axis {} to join {} along", axis_, show_shape(all.shape)),
                      "the first axis holds the rows"};
  }
  int64_t& joined = all.shape[static_cast<size_t>(axis)];
  for (const LayerInput& input : inputs.subspan(1)) {
    ir::Type rest = input.type;
    if (rest.rank() != all.rank()) return mismatch(inputs[0], input);
    const int64_t extent = std::exchange(rest.shape[static_cast<size_t>(axis)], joined);
    if (rest != all) return mismatch(inputs[0], input);
    joined = extent == kNone || joined == kNone ? kNone : joined + extent;
  }
  return LayerBuild{{}, {std::move(all)}};
}

std::vector<Signal> Concatenate::call(CallContext&, std::span<const Signal> inputs) const {
  std::vector<ir::Tensor> tensors;
  for (const Signal& input : inputs) tensors.push_back(input.tensor);
  const int64_t axis = axis_ < 0 ? axis_ + tensors[0].rank() : axis_;
  return {{ir::concatenate(tensors, axis), {}}};
}

void Concatenate::write_config(Json& config) const { config["axis"] = axis_; }

}  // namespace kiln::keras
