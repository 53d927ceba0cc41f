// Identities of ops that move elements.
#include <algorithm>
#include <numeric>

#include "ir/ops/movement.h"
#include "passes/simplification/simplify_identities.h"

namespace kiln::passes {
namespace {

using ir::Builder;
using ir::Integers;
using ir::Op;
using ir::Shape;
using ir::Tensor;
using ir::Value;

size_t at(int64_t dimension) { return static_cast<size_t>(dimension); }

/// The op of that name that gives the operand; null if it is another.
const Op* source(const Op& op, std::string_view name) {
  const Op* from = op.operand(0)->op();
  return from != nullptr && from->is(name) ? from : nullptr;
}

bool is_identity(const Integers& dims) {
  for (size_t d = 0; d < dims.size(); ++d) {
    if (dims[d] != static_cast<int64_t>(d)) return false;
  }
  return true;
}

bool all_equal(const Integers& list, int64_t value) {
  return std::all_of(list.begin(), list.end(), [&](int64_t x) { return x == value; });
}

Tensor simplify_reshape(const Op& op, Builder& builder) {
  const Shape& shape = op.result()->type().shape;
  if (op.operand(0)->type().shape == shape) return builder.wrap(op.operand(0));
  if (const Op* inner = source(op, "reshape"))
    return reshape(builder.wrap(inner->operand(0)), shape);
  return {};
}

/// Whether only dimensions of extent 1 change places.
bool keeps_order(const Shape& from, const Integers& permutation) {
  Integers moved;
  std::copy_if(permutation.begin(), permutation.end(), std::back_inserter(moved),
               [&](int64_t d) { return from[at(d)] != 1; });
  return std::is_sorted(moved.begin(), moved.end());
}

Tensor simplify_transpose(const Op& op, Builder& builder) {
  const Integers permutation = ir::Transpose::of(op).permutation;
  if (is_identity(permutation)) return builder.wrap(op.operand(0));
  if (keeps_order(op.operand(0)->type().shape, permutation)) {
    return reshape(builder.wrap(op.operand(0)), op.result()->type().shape);
  }
  if (const Op* inner = source(op, "transpose")) {
    const Integers before = ir::Transpose::of(*inner).permutation;
    Integers composed;
    for (int64_t d : permutation) composed.push_back(before[at(d)]);
    return transpose(builder.wrap(inner->operand(0)), composed);
  }
  return {};
}

/// Where each dimension of `from` is in `to`, which has the same and some of extent 1 besides;
/// empty optional as false if it has not.
bool find_inserted_ones(const Shape& from, const Shape& to, Integers& places) {
  size_t next = 0;
  for (size_t d = 0; d < to.size(); ++d) {
    if (next < from.size() && to[d] == from[next]) {
      places.push_back(static_cast<int64_t>(d));
      ++next;
    } else if (to[d] != 1) {
      return false;
    }
  }
  return next == from.size();
}

Tensor simplify_broadcast(const Op& op, Builder& builder) {
  const Integers dims = ir::BroadcastInDim::of(op).broadcast_dimensions;
  const Shape& shape = op.result()->type().shape;
  const Tensor x = builder.wrap(op.operand(0));
  if (x.type().count() == op.result()->type().count() && std::is_sorted(dims.begin(), dims.end())) {
    return x.shape() == shape ? x : reshape(x, shape);
  }
  Integers places;
  const Op* inner = source(op, "broadcast_in_dim");
  if (inner != nullptr) {
    places = ir::BroadcastInDim::of(*inner).broadcast_dimensions;
  } else {
    inner = source(op, "reshape");
    if (inner == nullptr || !find_inserted_ones(inner->operand(0)->type().shape, x.shape(), places))
      return {};
  }
  for (int64_t& d : places) d = dims[at(d)];
  return broadcast_in_dim(builder.wrap(inner->operand(0)), shape, places);
}

Tensor simplify_slice(const Op& op, Builder& builder) {
  if (op.operand(0)->type() == op.result()->type()) return builder.wrap(op.operand(0));
  const Op* inner = source(op, "slice");
  if (inner == nullptr || op.result()->type().count() == 0) return {};
  const ir::Slice before = ir::Slice::of(*inner);
  auto [starts, limits, strides] = ir::Slice::of(op);
  for (size_t d = 0; d < starts.size(); ++d) {
    starts[d] = before.start_indices[d] + starts[d] * before.strides[d];
    strides[d] *= before.strides[d];
    limits[d] = starts[d] + (op.result()->type().shape[d] - 1) * strides[d] + 1;
  }
  return slice(builder.wrap(inner->operand(0)), starts, limits, strides);
}

Tensor simplify_reverse(const Op& op, Builder& builder) {
  const Integers all = ir::Reverse::of(op).dimensions;
  Integers dims;
  for (int64_t d : all) {
    if (op.result()->type().shape[at(d)] > 1) dims.push_back(d);
  }
  if (dims.empty()) return builder.wrap(op.operand(0));
  if (dims.size() < all.size()) return reverse(builder.wrap(op.operand(0)), dims);
  const Op* inner = source(op, "reverse");
  if (inner == nullptr) return {};
  // Dimensions that both reverse, neither does.
  Integers once;
  const Integers others = ir::Reverse::of(*inner).dimensions;
  auto missing_in = [](const Integers& list) {
    return [&](int64_t d) { return std::find(list.begin(), list.end(), d) == list.end(); };
  };
  std::copy_if(dims.begin(), dims.end(), std::back_inserter(once), missing_in(others));
  std::copy_if(others.begin(), others.end(), std::back_inserter(once), missing_in(dims));
  std::sort(once.begin(), once.end());
  return reverse(builder.wrap(inner->operand(0)), once);
}

/// Leaves out operands that add nothing along the dimension.
Tensor simplify_concatenate(const Op& op, Builder& builder) {
  const int64_t dimension = ir::Concatenate::of(op).dimension;
  std::vector<Tensor> pieces;
  for (Value* operand : op.operands()) {
    if (operand->type() == op.result()->type()) return builder.wrap(operand);
    if (operand->type().shape[at(dimension)] != 0) pieces.push_back(builder.wrap(operand));
  }
  if (pieces.size() == op.operands().size()) return {};
  return concatenate(pieces, dimension);
}

Tensor simplify_pad(const Op& op, Builder& builder) {
  const Tensor x = builder.wrap(op.operand(0));
  const ir::Pad pad = ir::Pad::of(op);
  if (x.type() != op.result()->type() || !all_equal(pad.edge_padding_low, 0) ||
      !all_equal(pad.edge_padding_high, 0))
    return {};
  return x;
}

}  // namespace

Tensor simplify_movement(const Op& op, Builder& builder) {
  if (op.is("reshape")) return simplify_reshape(op, builder);
  if (op.is("transpose")) return simplify_transpose(op, builder);
  if (op.is("broadcast_in_dim")) return simplify_broadcast(op, builder);
  if (op.is("slice")) return simplify_slice(op, builder);
  if (op.is("reverse")) return simplify_reverse(op, builder);
  if (op.is("concatenate")) return simplify_concatenate(op, builder);
  if (op.is("pad")) return simplify_pad(op, builder);
  return {};
}

}  // namespace kiln::passes
