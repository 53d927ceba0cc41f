// Ops that move elements: which element of an operand each result element is.
#include <algorithm>

#include "codegen/kernels/algorithm_builder.h"
#include "ir/ops/movement.h"

namespace kiln::codegen {

using Halide::Expr;
using ir::Integers;
using ir::Op;
using ir::Shape;

Expr AlgorithmBuilder::movement(const Op& op, const Indices& at) {
  using Rule = Expr (AlgorithmBuilder::*)(const Op& op, const Indices& at);
  constexpr std::pair<std::string_view, Rule> kRules[] = {
      {"broadcast_in_dim", &AlgorithmBuilder::broadcast},
      {"reshape", &AlgorithmBuilder::reshape},
      {"transpose", &AlgorithmBuilder::transpose},
      {"slice", &AlgorithmBuilder::slice},
      {"reverse", &AlgorithmBuilder::reverse},
      {"concatenate", &AlgorithmBuilder::concatenate},
      {"pad", &AlgorithmBuilder::pad},
      {"gather", &AlgorithmBuilder::gather},
  };
  const auto* rule = std::find_if(std::begin(kRules), std::end(kRules),
                                  [&](const auto& each) { return op.is(each.first); });
  KILN_CHECK(rule != std::end(kRules), "no kernel for {}", op.name());
  return (this->*rule->second)(op, at);
}

Expr AlgorithmBuilder::broadcast(const Op& op, const Indices& at) {
  const Shape& from = op.operand(0)->type().shape;
  const Integers dims = ir::BroadcastInDim::of(op).broadcast_dimensions;
  Indices index;
  for (size_t d = 0; d < from.size(); ++d)
    index.push_back(from[d] == 1 ? Expr(0) : at[static_cast<size_t>(dims[d])]);
  return element(op.operand(0), index);
}

Expr AlgorithmBuilder::transpose(const Op& op, const Indices& at) {
  const Integers permutation = ir::Transpose::of(op).permutation;
  Indices index(at.size());
  for (size_t d = 0; d < at.size(); ++d) index[static_cast<size_t>(permutation[d])] = at[d];
  return element(op.operand(0), index);
}

Expr AlgorithmBuilder::slice(const Op& op, const Indices& at) {
  const ir::Slice part = ir::Slice::of(op);
  Indices index;
  for (size_t d = 0; d < at.size(); ++d)
    index.push_back(constant_index(part.start_indices[d]) +
                    at[d] * constant_index(part.strides[d]));
  return element(op.operand(0), index);
}

Expr AlgorithmBuilder::reverse(const Op& op, const Indices& at) {
  const Shape& from = op.operand(0)->type().shape;
  Indices index = at;
  for (int64_t d : ir::Reverse::of(op).dimensions) {
    const auto i = static_cast<size_t>(d);
    // Halide 21 cannot load the rest of a row backwards as one vector under a mask: where the index
    // may pass the row's begin, which it never does, it loads element by element.
    index[i] = Halide::max(constant_index(from[i] - 1) - at[i], 0);
  }
  return element(op.operand(0), index);
}

/// Splits both shapes into the shortest runs of equal element count, so that a reshape that only
/// merges, splits or adds unit dimensions costs little index arithmetic.
Expr AlgorithmBuilder::reshape(const Op& op, const Indices& at) {
  const Shape& to = op.result()->type().shape;
  const Shape& from = op.operand(0)->type().shape;
  Indices index(from.size(), Expr(0));
  size_t i = 0;
  size_t j = 0;
  while (i < from.size() || j < to.size()) {
    const size_t i_begin = i;
    const size_t j_begin = j;
    int64_t from_count = i < from.size() ? from[i++] : 1;
    int64_t to_count = j < to.size() ? to[j++] : 1;
    while (from_count != to_count) {
      if (from_count < to_count) {
        from_count *= from[i++];
      } else {
        to_count *= to[j++];
      }
    }
    Expr linear = 0;
    for (size_t d = j_begin; d < j; ++d) linear = linear * constant_index(to[d]) + at[d];
    for (size_t d = i; d-- > i_begin;) {
      index[d] = d == i_begin ? linear : linear % constant_index(from[d]);
      linear = linear / constant_index(from[d]);
    }
  }
  return element(op.operand(0), index);
}

Expr AlgorithmBuilder::pad(const Op& op, const Indices& at) {
  const auto [low, high, interior] = ir::Pad::of(op);
  const Shape& from = op.operand(0)->type().shape;
  if (ir::element_count(from) == 0) return element(op.operand(1), {});
  Indices index;
  Expr inside = Halide::Internal::const_true();
  for (size_t d = 0; d < at.size(); ++d) {
    Expr shifted = at[d] - constant_index(low[d]);
    const Expr step = constant_index(interior[d] + 1);
    if (interior[d] > 0) inside = inside && shifted % step == 0;
    shifted = shifted / step;
    inside = inside && shifted >= 0 && shifted < constant_index(from[d]);
    index.push_back(Halide::clamp(shifted, 0, constant_index(std::max<int64_t>(from[d] - 1, 0))));
  }
  return Halide::select(inside, element(op.operand(0), index), element(op.operand(1), {}));
}

Expr AlgorithmBuilder::concatenate(const Op& op, const Indices& at) {
  const auto axis = static_cast<size_t>(ir::Concatenate::of(op).dimension);
  Expr result;
  int64_t end = op.result()->type().shape[axis];
  for (size_t piece = op.operands().size(); piece-- > 0;) {
    const int64_t extent = op.operand(piece)->type().shape[axis];
    if (extent == 0) continue;
    const int64_t begin = end - extent;
    Indices index = at;
    index[axis] = Halide::clamp(at[axis] - constant_index(begin), 0, constant_index(extent - 1));
    Expr here = element(op.operand(piece), index);
    result = result.defined() ? Halide::select(at[axis] < constant_index(end), here, result) : here;
    end = begin;
  }
  return result;
}

}  // namespace kiln::codegen
