#include "passes/loops/vectorize.h"

#include <algorithm>
#include <numeric>

#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"
#include "ir/ops/movement.h"
#include "ir/ops/reduction.h"

namespace kiln::passes {
namespace {

using ir::Integers;
using ir::Op;
using ir::Shape;
using ir::Tensor;

/// One op's operands in the making.
struct Steps {
  const Op& op;
  ir::Builder& builder;
  std::vector<Tensor> operands;
  const std::vector<bool>& stacked;
  int64_t count;

  const Tensor& x() const { return operands[0]; }
  Shape result_shape() const { return with_count(op.result()->type().shape); }
  Shape with_count(Shape shape) const {
    shape.insert(shape.begin(), count);
    return shape;
  }
  /// The operand with a leading dimension, repeated where it is the same for every step.
  Tensor repeated(size_t i) const {
    if (stacked[i]) return operands[i];
    Integers dims(operands[i].shape().size());
    std::iota(dims.begin(), dims.end(), 1);
    return broadcast_in_dim(operands[i], with_count(operands[i].shape()), dims);
  }
};

Integers shifted(Integers dims) {
  for (int64_t& d : dims) ++d;
  return dims;
}

Integers behind(int64_t first, Integers rest) {
  rest.insert(rest.begin(), first);
  return rest;
}

Tensor elementwise(const Steps& s) {
  std::vector<ir::Value*> operands;
  for (size_t i = 0; i < s.operands.size(); ++i) operands.push_back(s.repeated(i).value);
  const ir::Type type = s.op.result()->type().with_shape(s.result_shape());
  return s.builder.wrap(
      s.builder.create(s.op.name(), operands, s.op.attributes(), {type})->result());
}

Tensor broadcast(const Steps& s) {
  return broadcast_in_dim(s.x(), s.result_shape(),
                          behind(0, shifted(ir::BroadcastInDim::of(s.op).broadcast_dimensions)));
}

Tensor reshaped(const Steps& s) { return reshape(s.x(), s.result_shape()); }

Tensor transposed(const Steps& s) {
  return transpose(s.x(), behind(0, shifted(ir::Transpose::of(s.op).permutation)));
}

Tensor sliced(const Steps& s) {
  const ir::Slice part = ir::Slice::of(s.op);
  return slice(s.x(), behind(0, part.start_indices), behind(s.count, part.limit_indices),
               behind(1, part.strides));
}

Tensor reversed(const Steps& s) {
  return reverse(s.x(), shifted(ir::Reverse::of(s.op).dimensions));
}

Tensor concatenated(const Steps& s) {
  std::vector<Tensor> pieces;
  for (size_t i = 0; i < s.operands.size(); ++i) pieces.push_back(s.repeated(i));
  return concatenate(pieces, ir::Concatenate::of(s.op).dimension + 1);
}

Tensor reduced(const Steps& s) {
  const ir::Reduce r = ir::Reduce::of(s.op);
  return reduce(s.x(), r.reducer, shifted(r.dimensions));
}

/// The steps are rows of one product where the right operand is the same for all; else a batching
/// dimension.
Tensor product(const Steps& s) {
  ir::DotGeneral dims = ir::DotGeneral::of(s.op);
  dims.lhs_batching = shifted(dims.lhs_batching);
  dims.lhs_contracting = shifted(dims.lhs_contracting);
  if (s.stacked[0] && !s.stacked[1] && dims.lhs_batching.empty())
    return dot_general(s.x(), s.operands[1], dims);
  dims.rhs_batching = behind(0, shifted(dims.rhs_batching));
  dims.rhs_contracting = shifted(dims.rhs_contracting);
  dims.lhs_batching = behind(0, dims.lhs_batching);
  return dot_general(s.repeated(0), s.repeated(1), dims);
}

using Rule = Tensor (*)(const Steps& s);

Rule rule_of(const Op& op) {
  if (op.result_count() != 1) return nullptr;
  if (op.is(ir::OpClass::elementwise)) return elementwise;
  constexpr std::pair<std::string_view, Rule> kRules[] = {{"broadcast_in_dim", broadcast},
                                                          {"reshape", reshaped},
                                                          {"transpose", transposed},
                                                          {"slice", sliced},
                                                          {"reverse", reversed},
                                                          {"concatenate", concatenated},
                                                          {"reduce", reduced},
                                                          {"dot_general", product}};
  const auto* found = std::find_if(std::begin(kRules), std::end(kRules),
                                   [&](const auto& rule) { return op.is(rule.first); });
  return found == std::end(kRules) ? nullptr : found->second;
}

}  // namespace

bool can_vectorize(const Op& op) { return rule_of(op) != nullptr; }

Tensor vectorize(const Op& op, ir::Builder& builder, const std::vector<Tensor>& operands,
                 const std::vector<bool>& stacked, int64_t count) {
  const ir::Location saved = builder.location();
  builder.set_location(op.location());
  const Tensor result = rule_of(op)({op, builder, operands, stacked, count});
  builder.set_location(saved);
  KILN_CHECK(result.shape().size() == op.result()->type().shape.size() + 1 &&
                 std::equal(result.shape().begin() + 1, result.shape().end(),
                            op.result()->type().shape.begin()),
             "{} for {} steps gives {}", op.name(), count, result.type().to_string());
  return result;
}

bool can_sum_over_steps(const Op& op, const std::vector<bool>& stacked) {
  if (op.is("dot_general")) return stacked[0] && stacked[1];
  return op.is("reduce") && stacked[0] && ir::Reduce::of(op).reducer == "add";
}

Tensor sum_over_steps(const Op& op, const std::vector<Tensor>& operands) {
  if (op.is("reduce")) return sum(operands[0], behind(0, shifted(ir::Reduce::of(op).dimensions)));
  const ir::DotGeneral dims = ir::DotGeneral::of(op);
  return dot_general(
      operands[0], operands[1],
      {shifted(dims.lhs_batching), shifted(dims.rhs_batching),
       behind(0, shifted(dims.lhs_contracting)), behind(0, shifted(dims.rhs_contracting))});
}

}  // namespace kiln::passes
