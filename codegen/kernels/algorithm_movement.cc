// Ops that move elements: which element of an operand each result element is.
#include <algorithm>

#include "codegen/kernels/algorithm_builder.h"

namespace kiln::codegen {

using Halide::Expr;
using ir::Integers;
using ir::Op;
using ir::Shape;
using ir::Value;

Expr AlgorithmBuilder::movement(const Op& op, const Indices& at) {
  const Value* source = op.operand(0);
  const Shape& from = source->type().shape;
  Indices index(from.size());
  if (op.is("broadcast_in_dim")) {
    const auto& dims = op.get<Integers>("broadcast_dimensions");
    for (size_t d = 0; d < from.size(); ++d)
      index[d] = from[d] == 1 ? Expr(0) : at[static_cast<size_t>(dims[d])];
    return element(source, index);
  }
  if (op.is("transpose")) {
    const auto& permutation = op.get<Integers>("permutation");
    for (size_t d = 0; d < at.size(); ++d) index[static_cast<size_t>(permutation[d])] = at[d];
    return element(source, index);
  }
  if (op.is("slice")) {
    const auto& starts = op.get<Integers>("start_indices");
    const auto& strides = op.get<Integers>("strides");
    for (size_t d = 0; d < at.size(); ++d)
      index[d] = constant_index(starts[d]) + at[d] * constant_index(strides[d]);
    return element(source, index);
  }
  if (op.is("reverse")) {
    index = at;
    for (int64_t d : op.get<Integers>("dimensions")) {
      const auto i = static_cast<size_t>(d);
      index[i] = constant_index(from[i] - 1) - at[i];
    }
    return element(source, index);
  }
  if (op.is("gather")) return gather(op, at);
  if (op.is("reshape")) return reshape(op, at);
  if (op.is("pad")) return pad(op, at);
  KILN_CHECK(op.is("concatenate"), "no kernel for {}", op.name());
  return concatenate(op, at);
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
  const auto& low = op.get<Integers>("edge_padding_low");
  const auto& interior = op.get<Integers>("interior_padding");
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
  const auto axis = static_cast<size_t>(op.get<int64_t>("dimension"));
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
