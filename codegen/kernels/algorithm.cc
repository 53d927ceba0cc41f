#include "codegen/kernels/algorithm.h"

#include <algorithm>

#include "codegen/kernels/algorithm_builder.h"
#include "codegen/kernels/expression.h"
#include "codegen/kernels/output_order.h"
#include "ir/ops/definition.h"
#include "ir/ops/index.h"

namespace kiln::codegen {

using Halide::cast;
using Halide::Expr;
using Halide::Func;
using Halide::Var;
using ir::Shape;

std::vector<Var> variables(int64_t rank) {
  std::vector<Var> vars;
  for (int64_t d = 0; d < rank; ++d) vars.emplace_back("i" + std::to_string(d));
  return vars;
}

namespace {

Expr linear_index(const Shape& shape, const Indices& at) {
  Expr linear = 0;
  for (size_t d = 0; d < at.size(); ++d) linear = linear * constant_index(shape[d]) + at[d];
  return linear;
}

/// A choice among all elements, for kernels that bring no tables along.
Expr chosen_constant(const ir::Literal& literal, const Indices& at) {
  const Expr index = linear_index(literal.type().shape, at);
  Expr chosen = element_expression(literal, 0);
  for (int64_t i = 1; i < literal.type().count(); ++i)
    chosen = Halide::select(index == constant_index(i), element_expression(literal, i), chosen);
  return chosen;
}

Expr dense_constant(const ir::Literal& literal, const Indices& at) {
  const Shape& shape = literal.type().shape;
  Halide::Buffer<> buffer(storage_type(literal.type().element),
                          std::vector<int>(shape.rbegin(), shape.rend()));
  std::memcpy(buffer.data(), literal.bytes().data(), literal.bytes().size());
  Expr stored = Func(buffer)(reversed(at));
  return literal.type().element == ir::ElementType::i1 ? stored != cast(stored.type(), 0) : stored;
}

}  // namespace

Algorithm AlgorithmBuilder::build() {
  for (size_t i = 0; i < region_.argument_count(); ++i) declare_input(i);
  for (const auto& op : region_.ops()) define(*op);
  declare_outputs();
  return std::move(algorithm_);
}

void AlgorithmBuilder::declare_input(size_t i) {
  const ir::Type& type = region_.argument(i)->type();
  const auto rank = static_cast<int>(type.rank());
  Halide::ImageParam param(storage_type(type.element), rank, "a" + std::to_string(i));
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
  if (op.is("constant") && is_uniform(op.get<ir::Literal>("value")))
    return element_expression(op.get<ir::Literal>("value"), 0);
  return func_element(value, at);
}

Expr AlgorithmBuilder::summed_element(const Value* value, const Indices& at) {
  return value->is_argument() ? element(value, at) : func_element(value, at);
}

Expr AlgorithmBuilder::func_element(const Value* value, const Indices& at) {
  Expr defined = algorithm_.funcs.at(value)(reversed(at));
  if (ir::accumulates(*value->op())) defined = hide_origin(defined);
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

void AlgorithmBuilder::define(const Op& op) {
  if (!ir::accumulates(op) && !op.is(ir::OpClass::random))
    return define_result(op, 0, [&](const Indices& at) { return formula(op, at); });
  using Rule = void (AlgorithmBuilder::*)(const Op& op);
  constexpr std::pair<std::string_view, Rule> kRules[] = {
      {"reduce", &AlgorithmBuilder::define_reduce},
      {"reduce_window", &AlgorithmBuilder::define_reduce_window},
      {"select_and_scatter", &AlgorithmBuilder::define_select_and_scatter},
      {"dot_general", &AlgorithmBuilder::define_dot_general},
      {"convolution", &AlgorithmBuilder::define_convolution},
      {"scatter", &AlgorithmBuilder::define_scatter},
      {"rng_bit_generator", &AlgorithmBuilder::define_random},
  };
  const auto* rule = std::find_if(std::begin(kRules), std::end(kRules),
                                  [&](const auto& each) { return op.is(each.first); });
  KILN_CHECK(rule != std::end(kRules), "no kernel for {}", op.name());
  (this->*rule->second)(op);
}

Expr AlgorithmBuilder::formula(const Op& op, const Indices& at) {
  const ir::Type& type = op.result()->type();
  if (type.count() == 0)
    return Halide::Internal::make_zero(compute_type(type.element));  // never read
  if (op.is("constant")) {
    const auto& literal = op.get<ir::Literal>("value");
    if (is_uniform(literal)) return element_expression(literal, 0);
    return target_.has_constant_tables ? dense_constant(literal, at) : chosen_constant(literal, at);
  }
  if (op.is("iota"))
    return cast(compute_type(type.element), at[static_cast<size_t>(op.get<int64_t>("dimension"))]);
  if (op.is(ir::OpClass::movement)) return movement(op, at);
  std::vector<Expr> operands;
  for (const Value* operand : op.operands()) operands.push_back(element(operand, at));
  if (target_.has_own_memory && op.is("select"))
    return eager_select(operands[0], operands[1], operands[2]);
  return elementwise_expression(op, operands);
}

void AlgorithmBuilder::define_random(const Op& op) {
  const Value* state = op.operand(0);
  define_result(op, 0, [&](const Indices& at) {
    return element(state, at) +
           Halide::select(at[0] == 1, cast(Halide::Int(64), 1), cast(Halide::Int(64), 0));
  });
  define_result(op, 1, [&](const Indices& at) {
    const Expr linear = linear_index(op.result(1)->type().shape, at);
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

Algorithm build_algorithm(const ir::Region& region, const Target& target, ProductTiles tiles) {
  return AlgorithmBuilder(region, target, std::move(tiles)).build();
}

}  // namespace kiln::codegen
