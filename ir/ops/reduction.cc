// Reductions.
#include "ir/ops/reduction.h"

#include <algorithm>

#include "ir/ops/definition.h"
#include "ir/ops/errors.h"
#include "ir/ops/index.h"
#include "ir/ops/reducer.h"

namespace kiln::ir {

Reduce Reduce::of(const Op& op) {
  return {op.get<Integers>("dimensions"), op.get<std::string>("reducer")};
}

bool Reduce::reduces(int64_t dimension) const {
  return std::find(dimensions.begin(), dimensions.end(), dimension) != dimensions.end();
}

Integers Reduce::kept(int64_t rank) const {
  Integers kept;
  for (int64_t d = 0; d < rank; ++d) {
    if (!reduces(d)) kept.push_back(d);
  }
  return kept;
}

namespace {

using Types = std::vector<Type>;
using Kind = AttributeSpec::Kind;

Expected<Types> infer_reduce(const Op& op, std::span<const Type>) {
  const Type& from = op.operand(0)->type();
  const auto& reducer = op.get<std::string>("reducer");
  constexpr std::string_view kReducers[] = {"add", "multiply", "maximum", "minimum", "and", "or"};
  if (std::find(std::begin(kReducers), std::end(kReducers), reducer) == std::end(kReducers)) {
    return op_error(op, "reducer must be add, multiply, maximum, minimum, and or or, not \"{}\"",
                    reducer);
  }
  const bool logical = reducer == "and" || reducer == "or";
  if (logical != (from.element == ElementType::i1)) {
    return op_error(op, "{} does not reduce elements of type {}", reducer, name_of(from.element));
  }
  std::vector<bool> reduced(from.shape.size(), false);
  for (int64_t d : op.get<Integers>("dimensions")) {
    if (d < 0 || d >= from.rank() || reduced[static_cast<size_t>(d)]) {
      return op_error(op, "dimensions {} are not distinct dimensions of {}",
                      show(op.get<Integers>("dimensions")), from.to_string());
    }
    reduced[static_cast<size_t>(d)] = true;
  }
  Shape shape;
  for (size_t d = 0; d < reduced.size(); ++d) {
    if (!reduced[d]) shape.push_back(from.shape[d]);
  }
  return Types{from.with_shape(shape)};
}

/// Where an operand's elements go: per operand dimension, the result elements between neighbours; 0
/// for a reduced one.
Shape target_strides(const Op& op, const Type& from, const Type& to) {
  const Reduce reduce = Reduce::of(op);
  const Shape kept = strides_of(to.shape);
  Shape strides;
  size_t next = 0;
  for (int64_t d = 0; d < from.rank(); ++d) strides.push_back(reduce.reduces(d) ? 0 : kept[next++]);
  return strides;
}

template <typename Number>
void reduce_elements(const Op& op, const std::vector<Number>& elements, Literal& result) {
  const auto& reducer = op.get<std::string>("reducer");
  const Type& from = op.operand(0)->type();
  const Type& to = result.type();
  // Float sums are kept in double and rounded once.
  std::vector<Number> totals(static_cast<size_t>(to.count()),
                             identity<Number>(reducer, to.element));
  const Shape strides = target_strides(op, from, to);
  size_t at = 0;
  for_each_index(from.shape, [&](const Shape& index) {
    Number& total = totals[static_cast<size_t>(offset_of(index, strides))];
    total = combine(reducer, total, elements[at++]);
  });
  result.assign(totals);
}

void evaluate_reduce(const Op& op, std::span<const Literal> operands, std::span<Literal> results) {
  if (is_float(results[0].type().element)) {
    reduce_elements(op, operands[0].values(), results[0]);
  } else {
    reduce_elements(op, operands[0].integers(), results[0]);
  }
}

int64_t count_reduce_operations(const Op& op) { return op.operand(0)->type().count(); }

}  // namespace

void add_reduction_ops(std::vector<OpDefinition>& ops) {
  ops.push_back(
      {"reduce",
       "combines all elements along dimensions, which disappear",
       OpClass::reduction,
       1,
       1,
       1,
       0,
       {{"dimensions", Kind::integers, true, "the dimensions to reduce"},
        {"reducer", Kind::string, true, "add, multiply, maximum, minimum; and, or for i1"}},
       infer_reduce,
       evaluate_reduce,
       {.operation_count = count_reduce_operations}});
}

}  // namespace kiln::ir
