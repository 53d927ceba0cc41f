// Identities of numbers.
#include <cmath>

#include "passes/constants.h"
#include "passes/simplification/simplify_identities.h"

namespace kiln::passes {
namespace {

using ir::Builder;
using ir::Op;
using ir::Tensor;
using ir::Value;

bool is_integral(const Value* value) { return !is_float(value->type().element); }

/// What a negate negates; null for other values.
Value* negated(const Value* value) {
  return value->op() && value->op()->is("negate") ? value->op()->operand(0) : nullptr;
}

/// Whether value + addend is value.
bool adds_nothing(const Value* value, const Value* addend) {
  if (is_integral(value)) return is_splat(addend, 0.0);
  return is_splat(addend, -0.0) || (is_splat(addend, 0.0) && never_negative_zero(value));
}

Tensor simplify_add(const Op& op, Builder& builder) {
  Value* a = op.operand(0);
  Value* b = op.operand(1);
  if (adds_nothing(a, b)) return builder.wrap(a);
  if (adds_nothing(b, a)) return builder.wrap(b);
  if (Value* x = negated(b)) return builder.wrap(a) - builder.wrap(x);
  if (Value* x = negated(a)) return builder.wrap(b) - builder.wrap(x);
  return {};
}

Tensor simplify_subtract(const Op& op, Builder& builder) {
  Value* a = op.operand(0);
  Value* b = op.operand(1);
  if (is_splat(b, 0.0)) return builder.wrap(a);
  if (is_integral(a) && a == b) return builder.constant(0, a->type());
  if (is_splat(a, is_integral(a) ? 0.0 : -0.0)) return -builder.wrap(b);
  if (Value* x = negated(b)) return builder.wrap(a) + builder.wrap(x);
  return {};
}

Tensor simplify_multiply(const Op& op, Builder& builder) {
  for (size_t i : {0, 1}) {
    Value* x = op.operand(i);
    Value* factor = op.operand(1 - i);
    if (is_splat(factor, 1)) return builder.wrap(x);
    if (is_splat(factor, -1)) return -builder.wrap(x);
    if (is_integral(x) && is_splat(factor, 0)) return builder.wrap(factor);
  }
  Value* a = negated(op.operand(0));
  Value* b = negated(op.operand(1));
  if (a != nullptr && b != nullptr) return builder.wrap(a) * builder.wrap(b);
  return {};
}

/// Whether 1 / value is exact and neither it nor value leaves the normal numbers of any float type
/// that holds value.
bool has_exact_reciprocal(double value) {
  int exponent = 0;
  return std::fabs(std::frexp(value, &exponent)) == 0.5 && std::abs(exponent) < 14;
}

Tensor simplify_divide(const Op& op, Builder& builder) {
  Value* a = op.operand(0);
  Value* b = op.operand(1);
  if (is_splat(b, 1)) return builder.wrap(a);
  if (is_splat(b, -1)) return -builder.wrap(a);
  const auto divisor = splat_of(b);
  if (divisor && !is_integral(b) && has_exact_reciprocal(*divisor))
    return builder.wrap(a) * (1 / *divisor);
  return {};
}

/// x^2 as x * x rounds the exact square once; no power is more exact.
Tensor simplify_power(const Op& op, Builder& builder) {
  const Tensor base = builder.wrap(op.operand(0));
  const Value* exponent = op.operand(1);
  if (is_splat(exponent, 0.0) || is_splat(exponent, -0.0)) return builder.constant(1, base.type());
  if (is_splat(exponent, 1)) return base;
  if (is_splat(exponent, 2)) return square(base);
  if (is_splat(exponent, -1) && !is_integral(exponent)) return 1 / base;
  return {};
}

}  // namespace

Tensor simplify_arithmetic(const Op& op, Builder& builder) {
  if (op.is("add")) return simplify_add(op, builder);
  if (op.is("subtract")) return simplify_subtract(op, builder);
  if (op.is("multiply")) return simplify_multiply(op, builder);
  if (op.is("divide")) return simplify_divide(op, builder);
  if (op.is("power")) return simplify_power(op, builder);
  if (op.is("negate") && negated(op.operand(0))) return builder.wrap(negated(op.operand(0)));
  if ((op.is("maximum") || op.is("minimum")) && op.operand(0) == op.operand(1))
    return builder.wrap(op.operand(0));
  return {};
}

}  // namespace kiln::passes
