// Contractions.
#include <algorithm>

#include "ir/ops/arithmetic.h"
#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"
#include "ir/ops/errors.h"
#include "ir/ops/index.h"

namespace kiln::ir {

DotGeneral DotGeneral::of(const Op& op) {
  return {op.get<Integers>("lhs_batching"), op.get<Integers>("rhs_batching"),
          op.get<Integers>("lhs_contracting"), op.get<Integers>("rhs_contracting")};
}

Attributes DotGeneral::attributes() const {
  return {{"lhs_batching", lhs_batching},
          {"rhs_batching", rhs_batching},
          {"lhs_contracting", lhs_contracting},
          {"rhs_contracting", rhs_contracting}};
}

namespace {

bool contains(const Integers& list, int64_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

Integers free_dimensions(int64_t rank, const Integers& batching, const Integers& contracting) {
  Integers free;
  for (int64_t d = 0; d < rank; ++d) {
    if (!contains(batching, d) && !contains(contracting, d)) free.push_back(d);
  }
  return free;
}

bool has_rows_and_columns(const Op& dot) {
  const size_t batching = dot.get<Integers>("rhs_batching").size();
  const size_t contracting = dot.get<Integers>("rhs_contracting").size();
  const bool has_columns = dot.operand(1)->type().shape.size() > batching + contracting;
  return contracting > 0 && has_columns && dot.result()->type().rank() >= 2;
}

namespace {

using Types = std::vector<Type>;
using Kind = AttributeSpec::Kind;

/// Whether the two lists together name dimensions of the type, none twice.
bool distinct_dimensions(const Type& type, const Integers& batching, const Integers& contracting) {
  std::vector<bool> used(type.shape.size(), false);
  for (const Integers* dims : {&batching, &contracting}) {
    for (int64_t d : *dims) {
      if (d < 0 || d >= type.rank() || used[static_cast<size_t>(d)]) return false;
      used[static_cast<size_t>(d)] = true;
    }
  }
  return true;
}

// https://openxla.org/stablehlo/spec#dot_general
Expected<Types> infer_dot_general(const Op& op, std::span<const Type>) {
  const Type& lhs = op.operand(0)->type();
  const Type& rhs = op.operand(1)->type();
  const auto& [lhs_batching, rhs_batching, lhs_contracting, rhs_contracting] = DotGeneral::of(op);
  if (lhs.element != rhs.element) return op_error(op, "operands must have one element type");
  if (lhs.element == ElementType::i1) return op_error(op, "does not take elements of type i1");
  if (lhs_batching.size() != rhs_batching.size() ||
      lhs_contracting.size() != rhs_contracting.size()) {
    return op_error(op, "both sides need as many batching and as many contracting dimensions");
  }
  if (!distinct_dimensions(lhs, lhs_batching, lhs_contracting) ||
      !distinct_dimensions(rhs, rhs_batching, rhs_contracting)) {
    return op_error(op, "dimension numbers must be distinct dimensions of {} and {}",
                    lhs.to_string(), rhs.to_string());
  }
  auto meet = [&](const Integers& left, const Integers& right) {
    for (size_t i = 0; i < left.size(); ++i) {
      if (lhs.shape[static_cast<size_t>(left[i])] != rhs.shape[static_cast<size_t>(right[i])])
        return false;
    }
    return true;
  };
  if (!meet(lhs_batching, rhs_batching) || !meet(lhs_contracting, rhs_contracting)) {
    return op_error(op, "paired dimensions of {} and {} differ in size", lhs.to_string(),
                    rhs.to_string());
  }
  Shape shape;
  for (int64_t d : lhs_batching) shape.push_back(lhs.shape[static_cast<size_t>(d)]);
  for (int64_t d : free_dimensions(lhs.rank(), lhs_batching, lhs_contracting))
    shape.push_back(lhs.shape[static_cast<size_t>(d)]);
  for (int64_t d : free_dimensions(rhs.rank(), rhs_batching, rhs_contracting))
    shape.push_back(rhs.shape[static_cast<size_t>(d)]);
  return Types{lhs.with_shape(shape)};
}

/// Offsets of all elements that the dimensions span, row-major, the others staying at 0.
std::vector<int64_t> offsets_along(const Type& type, const Integers& dims) {
  const Shape all = strides_of(type.shape);
  Shape shape;
  Shape strides;
  for (int64_t d : dims) {
    shape.push_back(type.shape[static_cast<size_t>(d)]);
    strides.push_back(all[static_cast<size_t>(d)]);
  }
  std::vector<int64_t> offsets;
  for_each_index(shape, [&](const Shape& index) { offsets.push_back(offset_of(index, strides)); });
  return offsets;
}

/// result[batch, i, j] = sum over k of a[batch, i, k] * b[batch, j, k], each of the four standing
/// for any number of dimensions. Number is double for floats (rounded once, at the end), int64_t
/// for integers.
template <typename Number>
void contract(const Op& op, const std::vector<Number>& a, const std::vector<Number>& b,
              Literal& result) {
  const Type& lhs = op.operand(0)->type();
  const Type& rhs = op.operand(1)->type();
  const auto& [lhs_batching, rhs_batching, lhs_contracting, rhs_contracting] = DotGeneral::of(op);
  const auto a_batch = offsets_along(lhs, lhs_batching);
  const auto b_batch = offsets_along(rhs, rhs_batching);
  const auto a_free =
      offsets_along(lhs, free_dimensions(lhs.rank(), lhs_batching, lhs_contracting));
  const auto b_free =
      offsets_along(rhs, free_dimensions(rhs.rank(), rhs_batching, rhs_contracting));
  const auto a_sum = offsets_along(lhs, lhs_contracting);
  const auto b_sum = offsets_along(rhs, rhs_contracting);
  std::vector<Number> totals;
  for (size_t batch = 0; batch < a_batch.size(); ++batch) {
    for (int64_t i : a_free) {
      for (int64_t j : b_free) {
        const Number* row = a.data() + a_batch[batch] + i;
        const Number* column = b.data() + b_batch[batch] + j;
        Number total = 0;
        for (size_t k = 0; k < a_sum.size(); ++k)
          total = add(total, multiply(row[a_sum[k]], column[b_sum[k]]));
        totals.push_back(total);
      }
    }
  }
  result.assign(totals);
}

void evaluate_dot_general(const Op& op, std::span<const Literal> operands,
                          std::span<Literal> results) {
  if (is_float(results[0].type().element)) {
    contract(op, operands[0].values(), operands[1].values(), results[0]);
  } else {
    contract(op, operands[0].integers(), operands[1].integers(), results[0]);
  }
}

/// A multiplication and an addition for each element of each sum.
int64_t count_dot_operations(const Op& op) {
  int64_t depth = 1;
  for (int64_t d : op.get<Integers>("lhs_contracting"))
    depth *= op.operand(0)->type().shape[static_cast<size_t>(d)];
  return 2 * depth * op.result()->type().count();
}

}  // namespace

void add_contraction_ops(std::vector<OpDefinition>& ops) {
  ops.push_back({"dot_general",
                 "sums of products over contracting dimensions; the result has batching, lhs free, "
                 "rhs free dimensions",
                 OpClass::contraction,
                 2,
                 2,
                 1,
                 0,
                 {{"lhs_batching", Kind::integers, true,
                   "dimensions of the left operand that pair with rhs_batching"},
                  {"rhs_batching", Kind::integers, true, "their partners"},
                  {"lhs_contracting", Kind::integers, true,
                   "dimensions of the left operand that are summed over"},
                  {"rhs_contracting", Kind::integers, true, "their partners"}},
                 infer_dot_general,
                 evaluate_dot_general,
                 {.operation_count = count_dot_operations}});
}

}  // namespace kiln::ir
