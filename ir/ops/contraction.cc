// Contractions.
#include <algorithm>

#include "ir/ops/definition.h"
#include "ir/ops/errors.h"
#include "ir/ops/index.h"

namespace kiln::ir {
namespace {

using Types = std::vector<Type>;
using Kind = AttributeSpec::Kind;

bool contains(const Integers& list, int64_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// Dimensions of a shape that are neither batching nor contracting, in order.
Integers free_dimensions(const Type& type, const Integers& batching, const Integers& contracting) {
  Integers free;
  for (int64_t d = 0; d < type.rank(); ++d) {
    if (!contains(batching, d) && !contains(contracting, d)) free.push_back(d);
  }
  return free;
}

// https://openxla.org/stablehlo/spec#dot_general
Expected<Types> infer_dot_general(const Op& op, std::span<const Type>) {
  const Type& lhs = op.operand(0)->type();
  const Type& rhs = op.operand(1)->type();
  const auto& lhs_batching = op.get<Integers>("lhs_batching");
  const auto& rhs_batching = op.get<Integers>("rhs_batching");
  const auto& lhs_contracting = op.get<Integers>("lhs_contracting");
  const auto& rhs_contracting = op.get<Integers>("rhs_contracting");
  if (lhs.element != rhs.element) return op_error(op, "operands must have one element type");
  if (lhs_batching.size() != rhs_batching.size() || lhs_contracting.size() != rhs_contracting.size()) {
    return op_error(op, "both sides need as many batching and as many contracting dimensions");
  }
  auto check = [&](const Type& type, const Integers& dims) {
    return std::all_of(dims.begin(), dims.end(), [&](int64_t d) { return d >= 0 && d < type.rank(); });
  };
  if (!check(lhs, lhs_batching) || !check(lhs, lhs_contracting) || !check(rhs, rhs_batching) ||
      !check(rhs, rhs_contracting)) {
    return op_error(op, "a dimension number is out of range for {} or {}", lhs.to_string(), rhs.to_string());
  }
  auto meet = [&](const Integers& left, const Integers& right) {
    for (size_t i = 0; i < left.size(); ++i) {
      if (lhs.shape[static_cast<size_t>(left[i])] != rhs.shape[static_cast<size_t>(right[i])]) return false;
    }
    return true;
  };
  if (!meet(lhs_batching, rhs_batching) || !meet(lhs_contracting, rhs_contracting)) {
    return op_error(op, "paired dimensions of {} and {} differ in size", lhs.to_string(), rhs.to_string());
  }
  Shape shape;
  for (int64_t d : lhs_batching) shape.push_back(lhs.shape[static_cast<size_t>(d)]);
  for (int64_t d : free_dimensions(lhs, lhs_batching, lhs_contracting)) shape.push_back(lhs.shape[static_cast<size_t>(d)]);
  for (int64_t d : free_dimensions(rhs, rhs_batching, rhs_contracting)) shape.push_back(rhs.shape[static_cast<size_t>(d)]);
  return Types{lhs.with_shape(shape)};
}

void evaluate_dot_general(const Op& op, std::span<const Literal> operands, std::span<Literal> results) {
  const Type& lhs = operands[0].type();
  const Type& rhs = operands[1].type();
  const auto& lhs_batching = op.get<Integers>("lhs_batching");
  const auto& rhs_batching = op.get<Integers>("rhs_batching");
  const auto& lhs_contracting = op.get<Integers>("lhs_contracting");
  const auto& rhs_contracting = op.get<Integers>("rhs_contracting");
  const Integers lhs_free = free_dimensions(lhs, lhs_batching, lhs_contracting);
  const Integers rhs_free = free_dimensions(rhs, rhs_batching, rhs_contracting);
  const Shape lhs_strides = strides_of(lhs.shape);
  const Shape rhs_strides = strides_of(rhs.shape);
  Shape contracted;
  for (int64_t d : lhs_contracting) contracted.push_back(lhs.shape[static_cast<size_t>(d)]);

  const std::vector<double> a = operands[0].values();
  const std::vector<double> b = operands[1].values();
  int64_t at = 0;
  for_each_index(results[0].type().shape, [&](const Shape& index) {
    int64_t a_base = 0;
    int64_t b_base = 0;
    size_t dim = 0;
    for (size_t i = 0; i < lhs_batching.size(); ++i, ++dim) {
      a_base += index[dim] * lhs_strides[static_cast<size_t>(lhs_batching[i])];
      b_base += index[dim] * rhs_strides[static_cast<size_t>(rhs_batching[i])];
    }
    for (int64_t d : lhs_free) a_base += index[dim++] * lhs_strides[static_cast<size_t>(d)];
    for (int64_t d : rhs_free) b_base += index[dim++] * rhs_strides[static_cast<size_t>(d)];
    double total = 0;
    for_each_index(contracted, [&](const Shape& k) {
      int64_t a_at = a_base;
      int64_t b_at = b_base;
      for (size_t i = 0; i < k.size(); ++i) {
        a_at += k[i] * lhs_strides[static_cast<size_t>(lhs_contracting[i])];
        b_at += k[i] * rhs_strides[static_cast<size_t>(rhs_contracting[i])];
      }
      total += a[static_cast<size_t>(a_at)] * b[static_cast<size_t>(b_at)];
    });
    results[0].set(at++, total);
  });
}

}  // namespace

void add_contraction_ops(std::vector<OpDefinition>& ops) {
  ops.push_back({"dot_general", "sums of products over contracting dimensions; the result has batching, lhs free, rhs free dimensions",
                 OpClass::contraction, 2, 2, 1, 0,
                 {{"lhs_batching", Kind::integers, true, "dimensions of the left operand that pair with rhs_batching"},
                  {"rhs_batching", Kind::integers, true, "their partners"},
                  {"lhs_contracting", Kind::integers, true, "dimensions of the left operand that are summed over"},
                  {"rhs_contracting", Kind::integers, true, "their partners"}},
                 infer_dot_general, evaluate_dot_general});
}

}  // namespace kiln::ir
