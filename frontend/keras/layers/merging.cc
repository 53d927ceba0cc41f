#include "frontend/keras/layers/merging.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

Status check_several(std::span<const LayerInput> inputs) {
  if (inputs.size() >= 2) return ok();
  return Diagnostic{"", fmt::format("takes two inputs or more, gets {}", inputs.size()), ""};
}

Status check_two(std::span<const LayerInput> inputs) {
  if (inputs.size() == 2) return ok();
  return Diagnostic{"", fmt::format("takes two inputs, gets {}", inputs.size()), ""};
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

/// Whether shapes without open extents do.
bool broadcast(const ir::Shape& a, const ir::Shape& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](int64_t left, int64_t right) {
    return broadcast_extent(left, right).has_value();
  });
}

/// The shape with dimensions of extent 1 after the batch, up to that rank.
ir::Shape expanded(ir::Shape shape, size_t rank) {
  shape.insert(shape.begin() + 1, rank - shape.size(), 1);
  return shape;
}

template <typename Range>
size_t largest_rank(const Range& shapes) {
  size_t rank = 0;
  for (const ir::Shape& shape : shapes) rank = std::max(rank, shape.size());
  return rank;
}

/// Left to right.
Tensor accumulate(const std::vector<Tensor>& values, Tensor (*combine)(Tensor, Tensor)) {
  Tensor result = values[0];
  for (size_t i = 1; i < values.size(); ++i) result = combine(result, values[i]);
  return result;
}

Tensor sum_of(const std::vector<Signal>& values) {
  std::vector<Tensor> terms;
  for (const Signal& value : values) terms.push_back(value.tensor);
  return accumulate(terms, [](Tensor a, Tensor b) { return a + b; });
}

/// What is masked in one of two stands back; as Keras does it, two by two.
Tensor extreme_of(const std::vector<Signal>& values, Tensor (*extreme)(Tensor, Tensor)) {
  Tensor result = values[0].tensor, mask = values[0].mask;
  for (size_t i = 1; i < values.size(); ++i) {
    Tensor next = values[i].tensor;
    const Tensor next_mask = values[i].mask;
    if (next_mask) next = select(next_mask, next, result);
    if (mask) result = select(mask, result, next);
    mask = mask && next_mask ? logical_or(mask, next_mask) : Tensor{};
    result = extreme(result, next);
  }
  return result;
}

}  // namespace

Expected<LayerBuild> MergeLayer::build(std::span<const LayerInput> inputs) const {
  KILN_TRY(check_several(inputs));
  std::vector<ir::Shape> shapes;
  for (const LayerInput& input : inputs) shapes.push_back(input.type.shape);
  const size_t rank = largest_rank(shapes);
  ir::Type merged = inputs[0].type.with_shape(expanded(shapes[0], rank));
  for (size_t i = 1; i < inputs.size(); ++i) {
    if (inputs[i].type.element != merged.element) {
      return Diagnostic{"",
                        fmt::format("gets integers and floats, from \"{}\" and \"{}\"",
                                    inputs[0].from, inputs[i].from),
                        "convert them with keras.ops.cast"};
    }
    const ir::Shape shape = expanded(shapes[i], rank);
    for (size_t d = 0; d < rank; ++d) {
      const auto extent = broadcast_extent(merged.shape[d], shape[d]);
      if (!extent) return mismatch(inputs[0], inputs[i]);
      merged.shape[d] = *extent;
    }
  }
  return LayerBuild{{}, {std::move(merged)}};
}

Tensor MergeLayer::merged_mask(CallContext& context, std::span<const Signal> inputs) const {
  Tensor all;
  for (const Signal& input : inputs) {
    if (!input.mask) return {};
    if (!all) {
      all = input.mask;
    } else if (broadcast(all.shape(), input.mask.shape())) {
      all = logical_or(all, input.mask);
    } else {
      context.refuse({"",
                      fmt::format("gets masks of shapes {} and {}", show_shape(all.shape()),
                                  show_shape(input.mask.shape())),
                      ""});
      return {};
    }
  }
  return all;
}

std::vector<Signal> MergeLayer::call(CallContext& context, std::span<const Signal> inputs) const {
  std::vector<ir::Shape> shapes;
  for (const Signal& input : inputs) shapes.push_back(input.tensor.shape());
  const size_t rank = largest_rank(shapes);
  const bool same_ranks =
      std::all_of(shapes.begin(), shapes.end(), [&](const auto& s) { return s.size() == rank; });
  std::vector<Signal> values;
  for (size_t i = 0; i < inputs.size(); ++i) {
    values.push_back({reshape(inputs[i].tensor, expanded(shapes[i], rank))});
    if (!inputs[i].own_mask() || !same_ranks) continue;
    const Tensor mask = context.mask(inputs[i], {shapes[i].begin(), shapes[i].end() - 1});
    if (mask) values.back().mask = spread(mask, shapes[i]);
  }
  return {{merge(values), {}, merged_mask(context, inputs)}};
}

Tensor Add::merge(const std::vector<Signal>& values) const { return sum_of(values); }

Expected<LayerBuild> Subtract::build(std::span<const LayerInput> inputs) const {
  KILN_TRY(check_two(inputs));
  return MergeLayer::build(inputs);
}

Tensor Subtract::merge(const std::vector<Signal>& values) const {
  return values[0].tensor - values[1].tensor;
}

Tensor Multiply::merge(const std::vector<Signal>& values) const {
  std::vector<Tensor> factors, masks;
  for (const Signal& value : values) {
    factors.push_back(value.mask ? select(value.mask, value.tensor, 1.0) : value.tensor);
    if (value.mask) masks.push_back(value.mask);
  }
  const Tensor product = accumulate(factors, [](Tensor a, Tensor b) { return a * b; });
  if (masks.size() < values.size()) return product;
  return select(accumulate(masks, ir::logical_or), product, 0.0);
}

Tensor Average::merge(const std::vector<Signal>& values) const {
  return sum_of(values) / static_cast<double>(values.size());
}

Tensor Maximum::merge(const std::vector<Signal>& values) const {
  return extreme_of(values, [](Tensor a, Tensor b) { return maximum(a, b); });
}

Tensor Minimum::merge(const std::vector<Signal>& values) const {
  return extreme_of(values, [](Tensor a, Tensor b) { return minimum(a, b); });
}

Expected<LayerBuild> Concatenate::build(std::span<const LayerInput> inputs) const {
  KILN_TRY(check_several(inputs));
  ir::Type all = inputs[0].type;
  KILN_ASSIGN(const int64_t axis, resolve_axis(axis_, all.rank()));
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

Tensor Concatenate::joined_mask(CallContext& context, std::span<const Signal> inputs,
                                int64_t axis) const {
  if (std::none_of(inputs.begin(), inputs.end(), [](const Signal& x) { return x.mask; })) return {};
  std::vector<Tensor> masks;
  for (const Signal& input : inputs) {
    ir::Shape shape = input.tensor.shape();
    shape.pop_back();
    const Tensor mask = context.mask(input, shape);
    masks.push_back(mask ? mask : context.builder.constant(1, {ir::ElementType::i1, shape}));
  }
  const bool along_features = axis == inputs[0].tensor.rank() - 1;
  return along_features ? accumulate(masks, ir::logical_or) : ir::concatenate(masks, axis);
}

std::vector<Signal> Concatenate::call(CallContext& context, std::span<const Signal> inputs) const {
  std::vector<Tensor> tensors;
  for (const Signal& input : inputs) tensors.push_back(input.tensor);
  const int64_t axis = *resolve_axis(axis_, tensors[0].rank());
  return {{ir::concatenate(tensors, axis), {}, joined_mask(context, inputs, axis)}};
}

OptionList Concatenate::option_list() {
  return {{"axis", &axis_, "dimension along which the inputs follow each other"}};
}

namespace {

/// x to length 1 along a dimension.
Tensor normalized(Tensor x, int64_t dimension) {
  constexpr double kSmallestNorm = 1e-7;
  return x * minimum(rsqrt(sum(square(x), {dimension}, true)), 1 / kSmallestNorm);
}

}  // namespace

Expected<LayerBuild> Dot::build(std::span<const LayerInput> inputs) const {
  KILN_TRY(check_two(inputs));
  if (axes_.empty() || axes_.size() > 2)
    return Diagnostic{"", fmt::format("axes must be one or two, not {}", axes_.size()), ""};
  KILN_ASSIGN(const int64_t a, resolve_axis(axes_.front(), inputs[0].type.rank()));
  KILN_ASSIGN(const int64_t b, resolve_axis(axes_.back(), inputs[1].type.rank()));
  ir::Shape shape = inputs[0].type.shape, other = inputs[1].type.shape;
  const int64_t left = shape[a], right = other[b];
  const bool is_open = left == kNone || right == kNone;
  if (!is_open && left != right) return mismatch(inputs[0], inputs[1]);
  shape.erase(shape.begin() + a);
  other.erase(other.begin() + b);
  shape.insert(shape.end(), other.begin() + 1, other.end());
  if (shape.size() == 1) shape.push_back(1);
  return LayerBuild{{}, {{ir::ElementType::f32, std::move(shape)}}};
}

std::vector<Signal> Dot::call(CallContext&, std::span<const Signal> inputs) const {
  Tensor left = convert(inputs[0].tensor, ir::ElementType::f32);
  Tensor right = convert(inputs[1].tensor, ir::ElementType::f32);
  const int64_t a = *resolve_axis(axes_.front(), left.rank());
  const int64_t b = *resolve_axis(axes_.back(), right.rank());
  if (normalize_) {
    left = normalized(left, a);
    right = normalized(right, b);
  }
  const Tensor products = dot_general(left, right, {{0}, {0}, {a}, {b}});
  const bool scalars = products.rank() == 1;
  return {{scalars ? reshape(products, {products.shape()[0], 1}) : products, {}}};
}

OptionList Dot::option_list() {
  return {
      {"axes", Axes{&axes_}, "that are summed over: one of both inputs, or one of each", kRequired},
      {"normalize", &normalize_, "scale rows to length 1 before"}};
}

}  // namespace kiln::keras
