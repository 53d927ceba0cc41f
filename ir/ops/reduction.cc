// Reductions.
#include <algorithm>
#include <cmath>

#include "ir/ops/definition.h"
#include "ir/ops/errors.h"
#include "ir/ops/index.h"

namespace kiln::ir {
namespace {

using Types = std::vector<Type>;
using Kind = AttributeSpec::Kind;

Expected<Types> infer_reduce(const Op& op, std::span<const Type>) {
  const Type& from = op.operand(0)->type();
  const auto& reducer = op.get<std::string>("reducer");
  constexpr std::string_view kReducers[] = {"add", "multiply", "maximum", "minimum", "and", "or"};
  if (std::find(std::begin(kReducers), std::end(kReducers), reducer) == std::end(kReducers)) {
    return op_error(op, "reducer must be add, multiply, maximum, minimum, and or or, not \"{}\"", reducer);
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

double combine(std::string_view reducer, double a, double b) {
  if (reducer == "add") return a + b;
  if (reducer == "multiply") return a * b;
  if (reducer == "and") return a != 0 && b != 0;
  if (reducer == "or") return a != 0 || b != 0;
  if (std::isnan(a) || std::isnan(b)) return std::nan("");
  return reducer == "maximum" ? std::fmax(a, b) : std::fmin(a, b);
}

/// What leaves the other operand as it is.
double identity(std::string_view reducer) {
  if (reducer == "add" || reducer == "or") return 0;
  if (reducer == "multiply" || reducer == "and") return 1;
  return reducer == "maximum" ? -HUGE_VAL : HUGE_VAL;
}

void evaluate_reduce(const Op& op, std::span<const Literal> operands, std::span<Literal> results) {
  const auto& reducer = op.get<std::string>("reducer");
  const auto& dims = op.get<Integers>("dimensions");
  const Type& to = results[0].type();
  // Sums are kept in double and rounded once.
  std::vector<double> totals(static_cast<size_t>(to.count()), identity(reducer));
  const Shape strides = strides_of(to.shape);
  int64_t at = 0;
  for_each_index(operands[0].type().shape, [&](const Shape& index) {
    int64_t offset = 0;
    size_t kept = 0;
    for (size_t d = 0; d < index.size(); ++d) {
      const bool reduced = std::find(dims.begin(), dims.end(), static_cast<int64_t>(d)) != dims.end();
      if (!reduced) offset += index[d] * strides[kept++];
    }
    double& total = totals[static_cast<size_t>(offset)];
    total = combine(reducer, total, operands[0].get(at++));
  });
  for (size_t i = 0; i < totals.size(); ++i) results[0].set(static_cast<int64_t>(i), totals[i]);
}

}  // namespace

void add_reduction_ops(std::vector<OpDefinition>& ops) {
  ops.push_back({"reduce", "combines all elements along dimensions, which disappear", OpClass::reduction, 1, 1, 1, 0,
                 {{"dimensions", Kind::integers, true, "the dimensions to reduce"},
                  {"reducer", Kind::string, true, "add, multiply, maximum, minimum; and, or for i1"}},
                 infer_reduce, evaluate_reduce});
}

}  // namespace kiln::ir
