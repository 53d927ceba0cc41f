#include "codegen/kernels/algorithm.h"

#include <algorithm>
#include <functional>

#include "codegen/kernels/expression.h"
#include "codegen/kernels/output_order.h"
#include "ir/ops/definition.h"
#include "ir/ops/index.h"

namespace kiln::codegen {
namespace {

using Halide::cast;
using Halide::Expr;
using Halide::Func;
using Halide::Var;
using ir::Integers;
using ir::Op;
using ir::Shape;
using ir::Value;

/// Indices outermost first, as the IR counts.
using Indices = std::vector<Expr>;

Indices reversed(const Indices& indices) { return {indices.rbegin(), indices.rend()}; }

class AlgorithmBuilder {
 public:
  explicit AlgorithmBuilder(const ir::Region& region) : region_(region) {}

  Algorithm build() {
    for (size_t i = 0; i < region_.argument_count(); ++i) declare_input(i);
    for (const auto& op : region_.ops()) define(*op);
    declare_outputs();
    return std::move(algorithm_);
  }

 private:
  void declare_input(size_t i);
  void define(const Op& op);
  void define_result(const Op& op, size_t result,
                     const std::function<Expr(const Indices&)>& element);
  void define_reduce(const Op& op);
  void define_dot_general(const Op& op);
  void define_random(const Op& op);
  void declare_outputs();
  bool may_lie_over_operands(const Shape& shape) const;
  Output make_output(std::vector<Expr> values, const Indices& at, const Shape& shape) const;

  Expr movement(const Op& op, const Indices& at);
  Expr reshape(const Op& op, const Indices& at);
  Expr pad(const Op& op, const Indices& at);
  Expr concatenate(const Op& op, const Indices& at);

  /// One element of any value of the region.
  Expr element(const Value* value, const Indices& at);

  const ir::Region& region_;
  Algorithm algorithm_;
};

std::vector<Var> variables(int64_t rank) {
  std::vector<Var> vars;
  for (int64_t d = 0; d < rank; ++d) vars.emplace_back("i" + std::to_string(d));
  return vars;
}

void AlgorithmBuilder::declare_input(size_t i) {
  const ir::Type& type = region_.argument(i)->type();
  const auto rank = static_cast<int>(type.rank());
  Halide::ImageParam param(storage_type(type.element), rank, "a" + std::to_string(i));
  param.set_host_alignment(64);
  const Shape strides = ir::strides_of(type.shape);
  for (int d = 0; d < rank; ++d) {
    const auto ir_dim = static_cast<size_t>(rank - 1 - d);
    param.dim(d)
        .set_bounds(0, static_cast<int>(type.shape[ir_dim]))
        .set_stride(static_cast<int>(strides[ir_dim]));
  }
  algorithm_.inputs.push_back(param);
}

Expr AlgorithmBuilder::element(const Value* value, const Indices& at) {
  if (value->is_argument()) {
    Expr stored = algorithm_.inputs[static_cast<size_t>(value->index())](reversed(at));
    return value->type().element == ir::ElementType::i1 ? stored != cast(stored.type(), 0) : stored;
  }
  const Op& op = *value->op();
  if (op.is("constant") && op.get<ir::Literal>("value").is_splat())
    return splat_expression(op.get<ir::Literal>("value"));
  Expr defined = algorithm_.funcs.at(value)(reversed(at));
  const Halide::Type type = compute_type(value->type().element);
  return defined.type() == type ? defined : cast(type, defined);  // an accumulator
}

void AlgorithmBuilder::define_result(const Op& op, size_t result,
                                     const std::function<Expr(const Indices&)>& element) {
  const Value* value = op.result(result);
  Func func("v" + std::to_string(algorithm_.funcs.size()));
  const std::vector<Var> vars = variables(value->type().rank());
  const Indices at(vars.begin(), vars.end());
  func(reversed(at)) = element(at);
  algorithm_.funcs[value] = func;
}

Expr dense_constant(const ir::Literal& literal, const Indices& at) {
  const Shape& shape = literal.type().shape;
  Halide::Buffer<> buffer(storage_type(literal.type().element),
                          std::vector<int>(shape.rbegin(), shape.rend()));
  std::memcpy(buffer.data(), literal.bytes().data(), literal.bytes().size());
  Expr stored = Func(buffer)(reversed(at));
  return literal.type().element == ir::ElementType::i1 ? stored != cast(stored.type(), 0) : stored;
}

void AlgorithmBuilder::define(const Op& op) {
  using ir::OpClass;
  if (op.is("reduce")) return define_reduce(op);
  if (op.is("dot_general")) return define_dot_general(op);
  if (op.is("rng_bit_generator")) return define_random(op);
  define_result(op, 0, [&](const Indices& at) -> Expr {
    const ir::Type& type = op.result()->type();
    if (type.count() == 0)
      return Halide::Internal::make_zero(compute_type(type.element));  // never read
    if (op.is("constant")) {
      const auto& literal = op.get<ir::Literal>("value");
      return literal.is_splat() ? splat_expression(literal) : dense_constant(literal, at);
    }
    if (op.is("iota")) {
      return cast(compute_type(op.result()->type().element),
                  at[static_cast<size_t>(op.get<int64_t>("dimension"))]);
    }
    if (op.definition().op_class == OpClass::movement) return movement(op, at);
    std::vector<Expr> operands;
    for (const Value* operand : op.operands()) operands.push_back(element(operand, at));
    return elementwise_expression(op, operands);
  });
}

Expr constant_index(int64_t value) { return Expr(static_cast<int>(value)); }

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

void AlgorithmBuilder::define_reduce(const Op& op) {
  const ir::Type& from = op.operand(0)->type();
  const auto& reducer = op.get<std::string>("reducer");
  const auto& dims = op.get<Integers>("dimensions");
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
      combine(reducer, func(reversed(at)), cast(type, element(op.operand(0), source)));
  algorithm_.funcs[op.result()] = func;
}

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

void AlgorithmBuilder::define_random(const Op& op) {
  const Value* state = op.operand(0);
  define_result(op, 0, [&](const Indices& at) {
    return element(state, at) +
           Halide::select(at[0] == 1, cast(Halide::Int(64), 1), cast(Halide::Int(64), 0));
  });
  define_result(op, 1, [&](const Indices& at) {
    const Shape& shape = op.result(1)->type().shape;
    Expr linear = 0;
    for (size_t d = 0; d < at.size(); ++d) linear = linear * constant_index(shape[d]) + at[d];
    return random_bits_expression(element(state, {Expr(0)}), element(state, {Expr(1)}), linear);
  });
}

/// Whether the memory planner may put one of several results over an operand.
bool AlgorithmBuilder::may_lie_over_operands(const Shape& shape) const {
  for (size_t i = 0; i < region_.argument_count(); ++i) {
    if (region_.argument(i)->type().shape == shape) return true;
  }
  return false;
}

Output AlgorithmBuilder::make_output(std::vector<Expr> values, const Indices& at,
                                     const Shape& shape) const {
  const std::string number = std::to_string(algorithm_.outputs.size());
  Output output{Func("out" + number), Func(), shape};
  if (values.size() == 1) {
    output.func(at) = values[0];
    return output;
  }
  if (!may_lie_over_operands(shape)) {
    output.func(at) = Halide::Tuple(values);
    return output;
  }
  output.stage = Func("stage" + number);
  output.stage(at) = Halide::Tuple(values);
  output.func(at) = Halide::Tuple(output.stage(at));
  return output;
}

void AlgorithmBuilder::declare_outputs() {
  const auto& results = region_.results();
  const std::vector<size_t> order = output_order(region_);
  for (size_t begin = 0; begin < order.size();) {
    const Shape& shape = results[order[begin]]->type().shape;
    const std::vector<Var> vars = variables(static_cast<int64_t>(shape.size()));
    const Indices at(vars.begin(), vars.end());
    std::vector<Expr> values;
    size_t end = begin;
    for (; end < order.size() && results[order[end]]->type().shape == shape; ++end) {
      const Value* value = results[order[end]];
      values.push_back(cast(storage_type(value->type().element), element(value, at)));
    }
    algorithm_.outputs.push_back(make_output(std::move(values), reversed(at), shape));
    begin = end;
  }
}

}  // namespace

Algorithm build_algorithm(const ir::Region& region) { return AlgorithmBuilder(region).build(); }

}  // namespace kiln::codegen
