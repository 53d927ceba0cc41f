// Sums of products.
#include <algorithm>

#include "codegen/kernels/algorithm_builder.h"
#include "codegen/kernels/expression.h"
#include "codegen/kernels/sums.h"
#include "ir/ops/convolution.h"
#include "ir/ops/dot_general.h"

namespace kiln::codegen {

using Halide::cast;
using Halide::Expr;
using Halide::Func;
using Halide::Var;
using ir::Integers;
using ir::Op;
using ir::Shape;

namespace {

/// The loops of a product's sums; undefined, where there are none.
Halide::RDom summed_loops(const Op& op) {
  std::vector<Halide::Range> ranges;
  for (int64_t extent : summed_extents(op)) ranges.push_back({0, static_cast<int>(extent)});
  return ranges.empty() ? Halide::RDom() : Halide::RDom(ranges, "r");
}

}  // namespace

void AlgorithmBuilder::define_dot_general(const Op& op) {
  const ir::Type& lhs = op.operand(0)->type();
  const ir::Type& rhs = op.operand(1)->type();
  const auto [lhs_batching, rhs_batching, lhs_contracting, rhs_contracting] =
      ir::DotGeneral::of(op);
  const std::vector<Var> vars = variables(op.result()->type().rank());
  const Indices at(vars.begin(), vars.end());
  const Halide::RDom loops = summed_loops(op);
  Indices r(rhs_contracting.size());  // for each contracting dimension
  int loop = 0;
  for (size_t i : contracted_innermost_first(op)) r[i] = loops[loop++];

  Indices a(lhs.shape.size());
  for (size_t i = 0; i < lhs_batching.size(); ++i) a[static_cast<size_t>(lhs_batching[i])] = at[i];
  for (size_t i = 0; i < lhs_contracting.size(); ++i)
    a[static_cast<size_t>(lhs_contracting[i])] = r[i];
  size_t dim = lhs_batching.size();
  for (Expr& index : a) {
    if (!index.defined()) index = at[dim++];
  }

  // Parameters of the right operand's Funcs, outermost first: batching, contracting, free.
  const std::vector<Var> right_vars = variables(rhs.rank());
  Indices b(rhs.shape.size());
  Indices right_at;
  for (size_t i = 0; i < rhs_batching.size(); ++i) right_at.push_back(at[i]);
  for (size_t i = 0; i < rhs_contracting.size(); ++i) right_at.push_back(r[i]);
  for (; dim < at.size(); ++dim) right_at.push_back(at[dim]);
  size_t parameter = 0;
  for (int64_t d : rhs_batching) b[static_cast<size_t>(d)] = right_vars[parameter++];
  for (int64_t d : rhs_contracting) b[static_cast<size_t>(d)] = right_vars[parameter++];
  for (Expr& index : b) {
    if (!index.defined()) index = right_vars[parameter++];
  }
  const Func right = define_right_operand(op, b, right_vars);
  const Expr left = loops.defined() ? left_element(op, a, at, loops) : element(op.operand(0), a);
  define_product(op, at, left, right(reversed(right_at)));
}

Func AlgorithmBuilder::define_right_operand(const Op& op, const Indices& index,
                                            const std::vector<Var>& parameters) {
  RightOperand right;
  const Indices innermost_first = reversed(Indices(parameters.begin(), parameters.end()));
  right.block(innermost_first) = element(op.operand(1), index);
  right.packed(innermost_first) = right.block(innermost_first);
  for (const Var& parameter : parameters) {
    const auto runs_over = [&](const Expr& i) {
      const auto* var = i.as<Halide::Internal::Variable>();
      return var != nullptr && var->name == parameter.name();
    };
    const auto d = std::find_if(index.begin(), index.end(), runs_over) - index.begin();
    right.shape.push_back(op.operand(1)->type().shape[static_cast<size_t>(d)]);
  }
  algorithm_.right_operands[op.result()] = right;
  return right.packed;
}

/// The left operand's element at `index`, which speaks of loops of `r` and of the result's indices
/// `at`, through a Func of these.
Expr AlgorithmBuilder::left_element(const Op& op, const Indices& index, const Indices& at,
                                    const Halide::RDom& r) {
  Indices within = index, arguments;
  std::vector<Var> parameters;
  for (int d = 0; d < r.dimensions(); ++d) {
    parameters.emplace_back("s" + std::to_string(d));
    arguments.push_back(r[d]);
    for (Expr& i : within) i = Halide::Internal::substitute(r[d].name(), parameters.back(), i);
  }
  for (const Expr& i : reversed(at)) {
    const auto* var = i.as<Halide::Internal::Variable>();
    const auto is_used = [&](const Expr& e) {
      return Halide::Internal::expr_uses_var(e, var->name);
    };
    if (std::none_of(within.begin(), within.end(), is_used)) continue;
    parameters.emplace_back(var->name);
    arguments.push_back(i);
  }
  Func left("left" + std::to_string(algorithm_.funcs.size()));
  left(parameters) = element(op.operand(0), within);
  algorithm_.left_operands[op.result()] = left;
  return left(arguments);
}

/// The sums of left * right over the RDom that they mention.
void AlgorithmBuilder::define_product(const Op& op, const Indices& at, const Expr& left,
                                      const Expr& right) {
  Func sums("sums" + std::to_string(algorithm_.funcs.size()));
  const Halide::Type type = accumulator_type(op.result()->type().element);
  sums(reversed(at)) = Halide::Internal::make_zero(type);
  sums(reversed(at)) += cast(type, left) * cast(type, right);
  algorithm_.sums[op.result()] = sums;
  Func product("v" + std::to_string(algorithm_.funcs.size()));
  product(reversed(at)) = sums(reversed(at));
  algorithm_.funcs[op.result()] = product;
}

namespace {

/// The input's element that meets the kernel's at `offset` (per dimension of the input); `r` leaves
/// out what meets padding or gaps.
Indices convolved_index(const Op& op, const ir::Convolution& c, const Indices& at,
                        const Indices& offset, Halide::RDom& r) {
  const Shape& kernel = op.operand(1)->type().shape;
  const auto size = [](const Shape& shape, int64_t d) { return shape[static_cast<size_t>(d)]; };
  const Expr feature = at[static_cast<size_t>(c.output_feature)];
  const int64_t outputs = size(kernel, c.kernel_output_feature);
  Indices index(at.size());
  Expr& batch = index[static_cast<size_t>(c.input_batch)];
  batch = at[static_cast<size_t>(c.output_batch)];
  if (c.batch_group_count > 1) {
    const int64_t batches = size(op.result()->type().shape, c.output_batch);
    batch += feature / constant_index(outputs / c.batch_group_count) * constant_index(batches);
  }
  Expr& channel = index[static_cast<size_t>(c.input_feature)];
  channel = offset[static_cast<size_t>(c.input_feature)];
  if (c.feature_group_count > 1) {
    channel += feature / constant_index(outputs / c.feature_group_count) *
               constant_index(size(kernel, c.kernel_input_feature));
  }
  const auto windows = c.windows(op.operand(0)->type().shape, kernel);
  for (size_t i = 0; i < windows.size(); ++i) {
    const auto d = static_cast<size_t>(c.input_spatial[i]);
    const BaseIndex base =
        base_index(windows[i], at[static_cast<size_t>(c.output_spatial[i])], offset[d]);
    index[d] = base.index;
    if (base.inside.defined()) r.where(base.inside);
  }
  return index;
}

/// Whether some elements of the innermost sum lie outside the input.
bool is_innermost_sum_padded(const Op& op, const ir::Convolution& c) {
  const ir::Type& input = op.operand(0)->type();
  const int64_t innermost = input.rank() - (c.input_batch == input.rank() - 1 ? 2 : 1);
  const auto windows = c.windows(input.shape, op.operand(1)->type().shape);
  for (size_t i = 0; i < windows.size(); ++i) {
    if (c.input_spatial[i] == innermost)
      return base_index(windows[i], Var("position"), Var("offset")).inside.defined();
  }
  return false;
}

}  // namespace

void AlgorithmBuilder::define_convolution(const Op& op) {
  const ir::Convolution c = ir::Convolution::of(op);
  const Shape& input = op.operand(0)->type().shape;
  const Shape& kernel = op.operand(1)->type().shape;
  const size_t rank = input.size();
  if (ir::element_count(input) == 0 || ir::element_count(kernel) == 0) {
    return define_result(op, 0, [&](const Indices&) {
      return Halide::Internal::make_zero(compute_type(op.result()->type().element));
    });
  }
  const std::vector<Var> vars = variables(static_cast<int64_t>(rank));
  const Indices at(vars.begin(), vars.end());
  const Integers partners = kernel_partners(c, rank);
  Halide::RDom r = summed_loops(op);
  Indices offset(rank);  // within the kernel, per dimension of the input
  Indices right_at;      // innermost first: the output feature, then as the sums run
  right_at.push_back(at[static_cast<size_t>(c.output_feature)]);
  std::vector<Var> right_vars = variables(static_cast<int64_t>(rank));
  Indices kernel_index(rank);
  kernel_index[static_cast<size_t>(c.kernel_output_feature)] = right_vars[rank - 1];
  for (size_t d = rank; d-- > 0;) {
    if (partners[d] < 0) continue;
    offset[d] = r[static_cast<int>(right_at.size() - 1)];
    kernel_index[static_cast<size_t>(partners[d])] = right_vars[rank - 1 - right_at.size()];
    right_at.push_back(offset[d]);
  }
  const Func right = define_right_operand(op, kernel_index, right_vars);

  const Indices index = convolved_index(op, c, at, offset, r);
  const bool is_grouped = c.feature_group_count * c.batch_group_count > 1;
  const Expr left = is_grouped || is_innermost_sum_padded(op, c) ? element(op.operand(0), index)
                                                                 : left_element(op, index, at, r);
  define_product(op, at, left, right(right_at));
}

}  // namespace kiln::codegen
