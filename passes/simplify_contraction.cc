// Identities of reductions and contractions.
#include <algorithm>

#include "passes/constants.h"
#include "passes/simplify_identities.h"

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
  const auto& dims = op.get<Integers>("dimensions");
  const bool single = std::all_of(
      dims.begin(), dims.end(), [&](int64_t d) { return x.shape()[static_cast<size_t>(d)] == 1; });
  if (!single) return {};
  const Tensor element = reshape(x, op.result()->type().shape);
  const bool starts_at_zero = op.get<std::string>("reducer") == "add";
  return starts_at_zero && !never_negative_zero(x.value) ? element + 0 : element;
}

/// Renames the dimension numbers of one side to those before a transpose. False if the transpose
/// changes the order of the free dimensions, which the result shows.
bool look_through(const Op& transpose, Integers& batching, Integers& contracting) {
  const auto& permutation = transpose.get<Integers>("permutation");
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

/// Reads an operand as it lies where a transpose comes before.
Tensor simplify_dot_general(const Op& op, Builder& builder) {
  ir::DotDimensions dims{op.get<Integers>("lhs_batching"), op.get<Integers>("rhs_batching"),
                         op.get<Integers>("lhs_contracting"), op.get<Integers>("rhs_contracting")};
  Value* lhs = op.operand(0);
  Value* rhs = op.operand(1);
  auto transposed = [](const Value* value) {
    return value->op() != nullptr && value->op()->is("transpose");
  };
  bool changed = false;
  if (transposed(lhs) && look_through(*lhs->op(), dims.lhs_batching, dims.lhs_contracting)) {
    lhs = lhs->op()->operand(0);
    changed = true;
  }
  if (transposed(rhs) && look_through(*rhs->op(), dims.rhs_batching, dims.rhs_contracting)) {
    rhs = rhs->op()->operand(0);
    changed = true;
  }
  return changed ? dot_general(builder.wrap(lhs), builder.wrap(rhs), dims) : Tensor{};
}

}  // namespace

Tensor simplify_contraction(const Op& op, Builder& builder) {
  if (op.is("reduce")) return simplify_reduce(op, builder);
  if (op.is("dot_general")) return simplify_dot_general(op, builder);
  return {};
}

}  // namespace kiln::passes
