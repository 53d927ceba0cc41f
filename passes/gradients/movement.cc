// Derivatives of ops that move elements: the adjoint moves back.
#include "ir/ops/movement.h"

#include <algorithm>
#include <numeric>

#include "passes/gradients/gradients.h"

namespace kiln::passes {
namespace {

using ir::Integers;
using ir::Shape;
using ir::Tensor;
using A = const Application&;

/// Sums over the dimensions along which elements were repeated.
Tensor broadcast_operand(A a) {
  const Integers dims = ir::BroadcastInDim::of(a.op).broadcast_dimensions;
  const Shape& from = a.x().shape();
  const Shape& to = a.y().shape();
  Integers kept;  // result dimensions, in the operand's order
  for (size_t d = 0; d < dims.size(); ++d) {
    if (from[d] == to[static_cast<size_t>(dims[d])]) kept.push_back(dims[d]);
  }
  Integers repeated;
  for (int64_t d = 0; d < a.y().rank(); ++d) {
    if (std::find(kept.begin(), kept.end(), d) == kept.end()) repeated.push_back(d);
  }
  const Tensor total = repeated.empty() ? a.dy : sum(a.dy, repeated);
  if (std::is_sorted(kept.begin(), kept.end())) return reshape(total, from);
  Integers order = kept;
  std::sort(order.begin(), order.end());
  Integers permutation;
  for (int64_t d : kept)
    permutation.push_back(std::find(order.begin(), order.end(), d) - order.begin());
  return reshape(transpose(total, permutation), from);
}

Tensor transpose_operand(A a) {
  const Integers permutation = ir::Transpose::of(a.op).permutation;
  Integers inverse(permutation.size());
  for (size_t d = 0; d < permutation.size(); ++d)
    inverse[static_cast<size_t>(permutation[d])] = static_cast<int64_t>(d);
  return transpose(a.dy, inverse);
}

/// Zeros where the slice took nothing: negative ones, which add nothing to anything.
Tensor slice_operand(A a) {
  const auto [starts, limits, strides] = ir::Slice::of(a.op);
  Integers high;
  Integers interior;
  for (size_t d = 0; d < starts.size(); ++d) {
    const int64_t count = a.y().shape()[d];
    const int64_t span = count == 0 ? 0 : (count - 1) * strides[d] + 1;
    high.push_back(a.x().shape()[d] - starts[d] - span);
    interior.push_back(strides[d] - 1);
  }
  return pad(a.dy, -0.0, starts, high, interior);
}

Tensor concatenate_operand(A a) {
  const auto axis = static_cast<size_t>(ir::Concatenate::of(a.op).dimension);
  Integers starts(a.y().shape().size(), 0);
  for (size_t i = 0; i < a.operand; ++i) starts[axis] += a.x(i).shape()[axis];
  Integers limits = a.y().shape();
  limits[axis] = starts[axis] + a.x(a.operand).shape()[axis];
  return slice(a.dy, starts, limits);
}

/// The elements that came from inside; those that negative padding cropped get zero.
Tensor pad_operand(A a) {
  auto [low, high, strides] = ir::Pad::of(a.op);
  for (int64_t& stride : strides) ++stride;  // neighbours are as far apart as there is padding
  auto cropped = [](const Integers& edges) {
    Integers crops;
    for (int64_t edge : edges) crops.push_back(std::max<int64_t>(-edge, 0));
    return crops;
  };
  const Tensor whole = pad(a.dy, 0, cropped(low), cropped(high));
  Integers limits;
  for (size_t d = 0; d < low.size(); ++d) {
    low[d] = std::max<int64_t>(low[d], 0);
    limits.push_back(whole.shape()[d] - std::max<int64_t>(high[d], 0));
  }
  return slice(whole, low, limits, strides);
}

/// The sum over the elements that are padding, chosen by a mask: the difference of two sums would
/// cancel.
Tensor pad_value(A a) {
  ir::Builder& builder = a.builder;
  const Tensor inside = builder.constant(0, a.x(0).type().with_element(ir::ElementType::i1));
  const Tensor outside = builder.scalar(1, ir::ElementType::i1);
  const Tensor mask = builder.wrap(
      builder.create("pad", {inside.value, outside.value}, a.op.attributes())->result());
  return sum(select(mask, a.dy, 0));
}

}  // namespace

void add_movement_gradients(std::vector<Gradient>& table) {
  table.push_back({"broadcast_in_dim", {broadcast_operand}});
  table.push_back({"reshape", {[](A a) { return reshape(a.dy, a.x().shape()); }}});
  table.push_back({"transpose", {transpose_operand}});
  table.push_back({"slice", {slice_operand}});
  table.push_back(
      {"reverse", {[](A a) { return reverse(a.dy, ir::Reverse::of(a.op).dimensions); }}});
  table.push_back({"concatenate", {concatenate_operand}});
  table.push_back({"pad", {pad_operand, pad_value}});
}

}  // namespace kiln::passes
