// Sums of products.
#include "codegen/kernels/algorithm_builder.h"
#include "codegen/kernels/expression.h"

namespace kiln::codegen {

using Halide::cast;
using Halide::Expr;
using Halide::Func;
using Halide::Var;
using ir::Integers;
using ir::Op;
using ir::Shape;
using ir::Value;

void AlgorithmBuilder::define_dot_general(const Op& op) {
  const ir::Type& lhs = op.operand(0)->type();
  const ir::Type& rhs = op.operand(1)->type();
  const auto& lhs_contracting = op.get<Integers>("lhs_contracting");
  const auto& rhs_contracting = op.get<Integers>("rhs_contracting");
  const auto& lhs_batching = op.get<Integers>("lhs_batching");
  const auto& rhs_batching = op.get<Integers>("rhs_batching");
  const std::vector<Var> vars = variables(op.result()->type().rank());
  const Indices at(vars.begin(), vars.end());
  std::vector<Halide::Range> ranges;
  for (int64_t d : lhs_contracting)
    ranges.push_back({0, static_cast<int>(lhs.shape[static_cast<size_t>(d)])});
  Halide::RDom r;
  if (!ranges.empty()) r = Halide::RDom(ranges, "r");

  Indices a(lhs.shape.size());
  for (size_t i = 0; i < lhs_batching.size(); ++i) a[static_cast<size_t>(lhs_batching[i])] = at[i];
  for (size_t i = 0; i < lhs_contracting.size(); ++i)
    a[static_cast<size_t>(lhs_contracting[i])] = r[static_cast<int>(i)];
  size_t dim = lhs_batching.size();
  for (Expr& index : a) {
    if (!index.defined()) index = at[dim++];
  }

  // Parameters of the right operand's Funcs, outermost first: batching, contracting, free.
  const std::vector<Var> right_vars = variables(rhs.rank());
  Indices b(rhs.shape.size());
  Indices right_at;
  for (size_t i = 0; i < rhs_batching.size(); ++i) right_at.push_back(at[i]);
  for (size_t i = 0; i < rhs_contracting.size(); ++i) right_at.push_back(r[static_cast<int>(i)]);
  for (; dim < at.size(); ++dim) right_at.push_back(at[dim]);
  size_t parameter = 0;
  for (int64_t d : rhs_batching) b[static_cast<size_t>(d)] = right_vars[parameter++];
  for (int64_t d : rhs_contracting) b[static_cast<size_t>(d)] = right_vars[parameter++];
  for (Expr& index : b) {
    if (!index.defined()) index = right_vars[parameter++];
  }
  RightOperand right;
  const Indices right_parameters = reversed(Indices(right_vars.begin(), right_vars.end()));
  right.block(right_parameters) = element(op.operand(1), b);
  right.packed(right_parameters) = right.block(right_parameters);
  algorithm_.right_operands[op.result()] = right;

  Func sums("sums" + std::to_string(algorithm_.funcs.size()));
  const Halide::Type type = accumulator_type(lhs.element);
  sums(reversed(at)) = Halide::Internal::make_zero(type);
  sums(reversed(at)) +=
      cast(type, element(op.operand(0), a)) * cast(type, right.packed(reversed(right_at)));
  algorithm_.sums[op.result()] = sums;
  Func product("v" + std::to_string(algorithm_.funcs.size()));
  product(reversed(at)) = sums(reversed(at));
  algorithm_.funcs[op.result()] = product;
}

}  // namespace kiln::codegen
