// Identities of reductions and contractions.
#include <algorithm>

#include "ir/ops/movement.h"
#include "ir/ops/reduction.h"
#include "passes/constants.h"
#include "passes/simplification/simplify_identities.h"

namespace kiln::passes {
namespace {

using ir::Builder;
using ir::Integers;
using ir::Op;
using ir::Tensor;
using ir::Value;

/// Dimensions of extent 1 have nothing to combine. A sum starts at +0, which shows with a single
/// -0.
Tensor simplify_reduce(const Op& op, Builder& builder) {
  const Tensor x = builder.wrap(op.operand(0));
  const auto [dims, reducer] = ir::Reduce::of(op);
  const bool single = std::all_of(
      dims.begin(), dims.end(), [&](int64_t d) { return x.shape()[static_cast<size_t>(d)] == 1; });
  if (!single) return {};
  const Tensor element = reshape(x, op.result()->type().shape);
  const bool starts_at_zero = reducer == "add";
  return starts_at_zero && !never_negative_zero(x.value) ? element + 0 : element;
}

/// Renames the dimension numbers of one side to those before a transpose. False if the transpose
/// changes the order of the free dimensions, which the result shows.
bool look_through(const Op& transpose, Integers& batching, Integers& contracting) {
  const Integers permutation = ir::Transpose::of(transpose).permutation;
  Integers free;
  for (size_t d = 0; d < permutation.size(); ++d) {
    auto in = [&](const Integers& dims) {
      return std::find(dims.begin(), dims.end(), static_cast<int64_t>(d)) != dims.end();
    };
    if (!in(batching) && !in(contracting)) free.push_back(permutation[d]);
  }
  if (!std::is_sorted(free.begin(), free.end())) return false;
  for (Integers* dims : {&batching, &contracting}) {
    for (int64_t& d : *dims) d = permutation[static_cast<size_t>(d)];
  }
  return true;
}

/// Whether both operands have their contracting dimensions in the same order, so that the sums can
/// run along the memory of both.
bool contracts_in_order(const ir::DotGeneral& dims) {
  std::vector<std::pair<int64_t, int64_t>> pairs;
  for (size_t i = 0; i < dims.lhs_contracting.size(); ++i)
    pairs.emplace_back(dims.lhs_contracting[i], dims.rhs_contracting[i]);
  std::sort(pairs.begin(), pairs.end());
  return std::is_sorted(pairs.begin(), pairs.end(),
                        [](const auto& a, const auto& b) { return a.second < b.second; });
}

/// Reads an operand as it lies where a transpose comes before, unless the sums would then jump
/// about in its memory.
Tensor simplify_dot_general(const Op& op, Builder& builder) {
  ir::DotGeneral dims = ir::DotGeneral::of(op);
  const bool in_order = contracts_in_order(dims);
  Value* operands[] = {op.operand(0), op.operand(1)};
  bool changed = false;
  for (size_t side : {0, 1}) {
    const Op* transpose = operands[side]->op();
    if (transpose == nullptr || !transpose->is("transpose")) continue;
    ir::DotGeneral before = dims;
    if (!look_through(*transpose, side == 0 ? before.lhs_batching : before.rhs_batching,
                      side == 0 ? before.lhs_contracting : before.rhs_contracting))
      continue;
    if (in_order && !contracts_in_order(before)) continue;
    dims = std::move(before);
    operands[side] = transpose->operand(0);
    changed = true;
  }
  return changed ? dot_general(builder.wrap(operands[0]), builder.wrap(operands[1]), dims)
                 : Tensor{};
}

}  // namespace

Tensor simplify_contraction(const Op& op, Builder& builder) {
  if (op.is("reduce")) return simplify_reduce(op, builder);
  if (op.is("dot_general")) return simplify_dot_general(op, builder);
  return {};
}

}  // namespace kiln::passes
