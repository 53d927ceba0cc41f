// Ops that combine many elements into one.
#include <algorithm>

#include "codegen/kernels/algorithm_builder.h"
#include "codegen/kernels/expression.h"
#include "ir/ops/reduction.h"

namespace kiln::codegen {

using Halide::cast;
using Halide::Expr;
using Halide::Func;
using Halide::Var;
using ir::Op;

void AlgorithmBuilder::define_reduce(const Op& op) {
  const ir::Type& from = op.operand(0)->type();
  auto [dims, reducer] = ir::Reduce::of(op);
  std::sort(dims.rbegin(), dims.rend());  // the loops run along memory, innermost first
  std::vector<Halide::Range> ranges;
  for (int64_t d : dims)
    ranges.push_back({0, static_cast<int>(from.shape[static_cast<size_t>(d)])});
  const std::vector<Var> vars = variables(op.result()->type().rank());
  const Indices at(vars.begin(), vars.end());
  Func func("v" + std::to_string(algorithm_.funcs.size()));
  Indices source(from.shape.size());
  size_t kept = 0;
  Halide::RDom r;
  if (!ranges.empty()) r = Halide::RDom(ranges, "r");
  for (size_t d = 0; d < source.size(); ++d) {
    auto reduced = std::find(dims.begin(), dims.end(), static_cast<int64_t>(d));
    source[d] = reduced == dims.end() ? Expr(vars[kept++])
                                      : Expr(r[static_cast<int>(reduced - dims.begin())]);
  }
  const Halide::Type type = accumulator_type(from.element);
  func(reversed(at)) = reduction_identity(reducer, type);
  func(reversed(at)) =
      combine(reducer, func(reversed(at)), cast(type, summed_element(op.operand(0), source)));
  algorithm_.funcs[op.result()] = func;
}

}  // namespace kiln::codegen
