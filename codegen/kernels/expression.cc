#include "codegen/kernels/expression.h"

#include <map>

#include "ir/ops/definition.h"
#include "ir/ops/threefry.h"

namespace kiln::codegen {

using Halide::cast;
using Halide::Expr;
using Halide::select;
using ir::ElementType;

Halide::Type storage_type(ElementType element) {
  switch (element) {
    case ElementType::f32: return Halide::Float(32);
    case ElementType::f64: return Halide::Float(64);
    case ElementType::f16: return Halide::Float(16);
    case ElementType::bf16: return Halide::BFloat(16);
    case ElementType::i8: return Halide::Int(8);
    case ElementType::i16: return Halide::Int(16);
    case ElementType::i32: return Halide::Int(32);
    case ElementType::i64: return Halide::Int(64);
    case ElementType::u8:
    case ElementType::i1: return Halide::UInt(8);
  }
  return {};
}

Halide::Type compute_type(ElementType element) {
  return element == ElementType::i1 ? Halide::Bool() : storage_type(element);
}

namespace {

using Operands = const std::vector<Expr>&;

// x86's maximum gives its second operand when either is NaN: the constant goes first, so that
// relu(NaN) stays NaN.
Expr maximum(Expr a, Expr b) {
  if (Halide::Internal::is_const(b)) std::swap(a, b);
  return select(a > b, a, b);
}
Expr minimum(Expr a, Expr b) {
  if (Halide::Internal::is_const(b)) std::swap(a, b);
  return select(a < b, a, b);
}

/// e^x - 1: Kahan's formula, exact near zero without a library's expm1 (HP-15C handbook, 1982).
Expr expm1(Expr x) {
  Expr u = Halide::exp(x);
  Expr one = Halide::Internal::make_one(x.type());
  Expr exact = (u - one) * x / Halide::log(u);
  return select(u == one, x, u - one == -one, -one, x > cast(x.type(), 40), u - one, exact);
}

/// log(1 + x): the same formula's inverse.
Expr log1p(Expr x) {
  Expr one = Halide::Internal::make_one(x.type());
  Expr u = one + x;
  return select(u == one, x, Halide::log(u) * x / (u - one));
}

Expr sign(Expr x) {
  Expr zero = Halide::Internal::make_zero(x.type());
  Expr one = Halide::Internal::make_one(x.type());
  return select(x > zero, one, x < zero, cast(x.type(), -1), x);
}

Expr logistic(Expr x) {
  Expr one = Halide::Internal::make_one(x.type());
  return one / (one + Halide::exp(-x));
}

/// Halide's erf is for f32 alone; its error is a few units in the last place.
Expr error_function(Expr x) { return cast(x.type(), Halide::erf(cast(Halide::Float(32), x))); }

Expr divide(Expr a, Expr b) {
  if (a.type().is_float()) return a / b;
  // Halide divides towards minus infinity; StableHLO truncates.
  Expr quotient = Halide::div_round_to_zero(a, b);
  return select(b == 0, cast(a.type(), -1), quotient);
}

Expr remainder(Expr a, Expr b) {
  if (a.type().is_float()) return a - b * Halide::trunc(a / b);
  return select(b == 0, a, Halide::mod_round_to_zero(a, b));
}

Expr compare(const std::string& direction, Expr a, Expr b) {
  if (direction == "EQ") return a == b;
  if (direction == "NE") return a != b;
  if (direction == "LT") return a < b;
  if (direction == "LE") return a <= b;
  if (direction == "GT") return a > b;
  return a >= b;
}

Expr power(Expr a, Expr b) { return Halide::pow(a, b); }

Expr bit_and(Expr a, Expr b) { return a.type().is_bool() ? a && b : a & b; }
Expr bit_or(Expr a, Expr b) { return a.type().is_bool() ? a || b : a | b; }
Expr bit_xor(Expr a, Expr b) { return a.type().is_bool() ? a != b : a ^ b; }
Expr bit_not(Expr a) { return a.type().is_bool() ? !a : ~a; }

Expr convert(Expr x, ElementType to) {
  if (to == ElementType::i1) return x != Halide::Internal::make_zero(x.type());
  return cast(compute_type(to), x);
}

using Rule = Expr (*)(Operands);

const std::map<std::string_view, Rule>& rules() {
  static const std::map<std::string_view, Rule> table = {
      {"add", [](Operands x) { return x[0] + x[1]; }},
      {"subtract", [](Operands x) { return x[0] - x[1]; }},
      {"multiply", [](Operands x) { return x[0] * x[1]; }},
      {"divide", [](Operands x) { return divide(x[0], x[1]); }},
      {"remainder", [](Operands x) { return remainder(x[0], x[1]); }},
      {"power", [](Operands x) { return power(x[0], x[1]); }},
      {"maximum", [](Operands x) { return x[0].type().is_bool() ? x[0] || x[1] : maximum(x[0], x[1]); }},
      {"minimum", [](Operands x) { return x[0].type().is_bool() ? x[0] && x[1] : minimum(x[0], x[1]); }},
      {"and", [](Operands x) { return bit_and(x[0], x[1]); }},
      {"or", [](Operands x) { return bit_or(x[0], x[1]); }},
      {"xor", [](Operands x) { return bit_xor(x[0], x[1]); }},
      {"not", [](Operands x) { return bit_not(x[0]); }},
      {"negate", [](Operands x) { return -x[0]; }},
      {"abs", [](Operands x) { return cast(x[0].type(), Halide::abs(x[0])); }},
      {"sign", [](Operands x) { return sign(x[0]); }},
      {"exponential", [](Operands x) { return Halide::exp(x[0]); }},
      {"exponential_minus_one", [](Operands x) { return expm1(x[0]); }},
      {"log", [](Operands x) { return Halide::log(x[0]); }},
      {"log_plus_one", [](Operands x) { return log1p(x[0]); }},
      {"sqrt", [](Operands x) { return Halide::sqrt(x[0]); }},
      {"rsqrt", [](Operands x) { return Halide::Internal::make_one(x[0].type()) / Halide::sqrt(x[0]); }},
      {"tanh", [](Operands x) { return Halide::tanh(x[0]); }},
      {"logistic", [](Operands x) { return logistic(x[0]); }},
      {"erf", [](Operands x) { return error_function(x[0]); }},
      {"sine", [](Operands x) { return Halide::sin(x[0]); }},
      {"cosine", [](Operands x) { return Halide::cos(x[0]); }},
      {"floor", [](Operands x) { return Halide::floor(x[0]); }},
      {"ceil", [](Operands x) { return Halide::ceil(x[0]); }},
      {"round_nearest_even", [](Operands x) { return Halide::round(x[0]); }},
      {"select", [](Operands x) { return select(x[0], x[1], x[2]); }},
      {"is_finite", [](Operands x) { return Halide::is_finite(x[0]); }},
  };
  return table;
}

}  // namespace

Expr elementwise_expression(const ir::Op& op, Operands operands) {
  if (op.is("compare")) return compare(op.get<std::string>("direction"), operands[0], operands[1]);
  if (op.is("convert")) return convert(operands[0], op.result()->type().element);
  auto rule = rules().find(op.name());
  KILN_CHECK(rule != rules().end(), "no kernel expression for {}", op.name());
  return rule->second(operands);
}

Expr combine(const std::string& reducer, Expr a, Expr b) {
  if (reducer == "add") return a + b;
  if (reducer == "multiply") return a * b;
  if (reducer == "and") return a && b;
  if (reducer == "or") return a || b;
  return reducer == "maximum" ? maximum(a, b) : minimum(a, b);
}

Expr reduction_identity(const std::string& reducer, Halide::Type type) {
  if (reducer == "add") return Halide::Internal::make_zero(type);
  if (reducer == "multiply") return Halide::Internal::make_one(type);
  if (reducer == "and") return Halide::Internal::const_true();
  if (reducer == "or") return Halide::Internal::const_false();
  return reducer == "maximum" ? type.min() : type.max();
}

Expr random_bits_expression(Expr key, Expr stream, Expr index) {
  const Halide::Type word = Halide::UInt(32);
  Expr wide_key = Halide::reinterpret(Halide::UInt(64), key);
  Expr k0 = cast(word, wide_key);
  Expr k1 = cast(word, wide_key >> 32);
  const Expr k[3] = {k0, k1, Expr(ir::kThreefryParity) ^ k0 ^ k1};
  Expr x0 = cast(word, index) + k[0];
  Expr x1 = cast(word, Halide::reinterpret(Halide::UInt(64), stream)) + k[1];
  for (int round = 0; round < ir::kThreefryRounds; ++round) {
    const int r = ir::kThreefryRotations[round % 8];
    x0 = x0 + x1;
    x1 = ((x1 << r) | (x1 >> (32 - r))) ^ x0;
    if (round % 4 != 3) continue;
    const int injection = round / 4 + 1;
    x0 = x0 + k[injection % 3];
    x1 = x1 + k[(injection + 1) % 3] + cast(word, injection);
  }
  return Halide::reinterpret(Halide::Int(32), x0);
}

Expr splat_expression(const ir::Literal& literal) {
  const Halide::Type type = compute_type(literal.type().element);
  if (type.is_bool()) return literal.get_int(0) ? Halide::Internal::const_true() : Halide::Internal::const_false();
  if (type.is_float()) return Halide::Internal::make_const(type, literal.get(0));
  return Halide::Internal::make_const(type, literal.get_int(0));
}

}  // namespace kiln::codegen
