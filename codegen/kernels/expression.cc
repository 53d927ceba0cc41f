#include "codegen/kernels/expression.h"

#include <cmath>
#include <limits>
#include <map>

#include "ir/ops/definition.h"
#include "ir/ops/threefry.h"

namespace kiln::codegen {

using Halide::cast;
using Halide::Expr;
using Halide::select;
using Halide::Internal::Call;
using ir::ElementType;

Halide::Type storage_type(ElementType element) {
  switch (element) {
    case ElementType::f32:
      return Halide::Float(32);
    case ElementType::f64:
      return Halide::Float(64);
    case ElementType::f16:
      return Halide::Float(16);
    case ElementType::bf16:
      return Halide::BFloat(16);
    case ElementType::i8:
      return Halide::Int(8);
    case ElementType::i16:
      return Halide::Int(16);
    case ElementType::i32:
      return Halide::Int(32);
    case ElementType::i64:
      return Halide::Int(64);
    case ElementType::u8:
    case ElementType::i1:
      return Halide::UInt(8);
  }
  return {};
}

Halide::Type compute_type(ElementType element) {
  return element == ElementType::i1 ? Halide::Bool() : storage_type(element);
}

namespace {

/// What holds the bits of a number.
Halide::Type word_of(Halide::Type type) { return Halide::UInt(type.bits()); }

}  // namespace

Expr hide_origin(const Expr& x) {
  if (!x.type().is_float()) return x;
  // One NaN in place of another.
  const Halide::Type bits = word_of(x.type());
  Expr word = Halide::reinterpret(bits, x);
  return Halide::reinterpret(x.type(), select(word == bits.max(), bits.max() - 1, word));
}

namespace {

using Operands = const std::vector<Expr>&;

Expr all_ones(Halide::Type type) { return type.is_uint() ? type.max() : cast(type, -1); }

/// Arithmetic and comparisons as IEEE 754 has them. Halide takes floats for real numbers (x - x is
/// 0, x * 0 is 0) and lets LLVM assume that there are no NaNs, no infinities and no signs of zero,
/// except in its strict intrinsics. A function's formula may do without where its operands are
/// tame.
Expr strict(Call::IntrinsicOp op, const Expr& a, const Expr& b) {
  return Call::make(a.type(), op, {a, b}, Call::PureIntrinsic);
}
Expr less(const Expr& a, const Expr& b) {
  if (!a.type().is_float()) return a < b;
  return Call::make(Halide::Bool(), Call::strict_lt, {a, b}, Call::PureIntrinsic);
}
Expr equal(const Expr& a, const Expr& b) {
  if (!a.type().is_float()) return a == b;
  return Call::make(Halide::Bool(), Call::strict_eq, {a, b}, Call::PureIntrinsic);
}

/// Halide and LLVM take signed integers of 32 bits and more for such that never wrap, and then know
/// the sign of a product. Hashes are of 64 bits, and wrap; the indices that Halide does arithmetic
/// with are of 32.
template <typename Function>
Expr wrapping(const Expr& a, const Expr& b, Function function) {
  if (a.type() != Halide::Int(64)) return function(a, b);
  const Halide::Type word = word_of(a.type());
  return cast(a.type(), function(cast(word, a), cast(word, b)));
}

Expr add(Expr a, Expr b) {
  if (a.type().is_float()) return strict(Call::strict_add, a, b);
  return wrapping(a, b, [](const Expr& x, const Expr& y) { return x + y; });
}
Expr subtract(Expr a, Expr b) {
  if (a.type().is_float()) return strict(Call::strict_sub, a, b);
  return wrapping(a, b, [](const Expr& x, const Expr& y) { return x - y; });
}
Expr multiply(Expr a, Expr b) {
  if (a.type().is_float()) return strict(Call::strict_mul, a, b);
  return wrapping(a, b, [](const Expr& x, const Expr& y) { return x * y; });
}

// Signs are bits: 0 - x has another zero, and Halide takes the constants 0 and -0 for one.

Expr sign_bit(Halide::Type word) { return cast(word, 1) << cast(word, word.bits() - 1); }

Expr negate(Expr x) {
  if (!x.type().is_float()) return -x;
  const Halide::Type word = word_of(x.type());
  return Halide::reinterpret(x.type(), Halide::reinterpret(word, x) ^ sign_bit(word));
}

Expr absolute(Expr x) {
  if (!x.type().is_float()) return cast(x.type(), Halide::abs(x));
  const Halide::Type word = word_of(x.type());
  return Halide::reinterpret(x.type(), Halide::reinterpret(word, x) & ~sign_bit(word));
}

/// Whether its sign is set, -0's too.
Expr is_negative(Expr x) {
  const Halide::Type word = word_of(x.type());
  return (Halide::reinterpret(word, x) & sign_bit(word)) != cast(word, 0);
}

// A constant goes first: then the one comparison, false where x is NaN, chooses x (and is one
// instruction).
Expr extreme(Expr a, Expr b, Expr (*beats)(const Expr&, const Expr&)) {
  if (!a.type().is_float()) {
    // Halide 21 breaks on integers' maximum in vectors of odd length: it must not see one here.
    return b ^ ((a ^ b) &
                select(beats(a, b), all_ones(a.type()), Halide::Internal::make_zero(a.type())));
  }
  if (Halide::Internal::is_const(b)) std::swap(a, b);
  Expr chosen = select(beats(a, b), a, b);
  return Halide::Internal::is_const(a) ? chosen : select(Halide::is_nan(a), a, chosen);
}
Expr maximum(Expr a, Expr b) {
  if (a.type().is_bool()) return a || b;
  return extreme(a, b, [](const Expr& x, const Expr& y) { return less(y, x); });
}
Expr minimum(Expr a, Expr b) {
  if (a.type().is_bool()) return a && b;
  return extreme(a, b, less);
}

/// What Halide makes of NaN is anything: f(x), but NaN where x is.
Expr keep_nan(Expr x, Expr result) { return select(Halide::is_nan(x), x, result); }

/// The same of a function that is infinite at infinity.
Expr keep_special(const Expr& x, const Expr& result) {
  Expr infinity = Halide::Internal::make_const(x.type(), std::numeric_limits<double>::infinity());
  return select(less(x, infinity), hide_origin(result), x);
}

Expr one_of(Halide::Type type) { return Halide::Internal::make_one(type); }

/// Halide's exponential in f32 is right where its exponent is an integer of 32 bits.
Expr exponential(Expr x) {
  if (x.type() != Halide::Float(32)) return keep_special(x, Halide::exp(x));
  return keep_special(x, Halide::exp(Halide::clamp(x, -110.0f, 90.0f)));
}

Expr logarithm(Expr x) { return keep_special(x, Halide::log(x)); }

/// e^x - 1: Kahan's formula, exact near zero without a library's expm1 (HP-15C handbook, 1982). It
/// lives on the rounding errors of `u`, which no optimisation may see through.
Expr expm1(Expr x) {
  Expr one = one_of(x.type());
  Expr u = exponential(x);
  Expr rise = subtract(u, one);
  Expr exact = rise * x / Halide::log(u);
  return keep_special(x,
                      select(u == one, x, rise == -one, -one, x > cast(x.type(), 40), rise, exact));
}

/// log(1 + x): the same formula's inverse.
Expr log1p(Expr x) {
  Expr one = one_of(x.type());
  Expr u = add(one, x);
  Expr rise = subtract(u, one);
  Expr infinite = x > cast(x.type(), 1e30f);
  return keep_special(x, select(u == one, x, infinite, Halide::log(u), Halide::log(u) * x / rise));
}

Expr sign(Expr x) {
  Expr zero = Halide::Internal::make_zero(x.type());
  Expr one = Halide::Internal::make_one(x.type());
  return select(x > zero, one, x < zero, cast(x.type(), -1), x);
}

/// The exponential of what is not positive never overflows.
Expr logistic(Expr x) {
  Expr one = one_of(x.type());
  Expr e = Halide::exp(-Halide::abs(x));
  return keep_nan(x, select(x < Halide::Internal::make_zero(x.type()), e, one) / (one + e));
}

/// Halide calls libm's tanhf, one lane after the other. Instead Eigen's rational function: odd of
/// degree 13 over even of degree 6, good to a few units in the last place (Eigen,
/// MathFunctionsImpl.h, generic_fast_tanh_float). Where the nearest number is 1, it must be 1: its
/// derivative 1 - y² is multiplied by inputs that may be large.
Expr tanh_f32(Expr x) {
  constexpr float kNumerator[] = {
      4.89352455891786e-03f,  6.37261928875436e-04f, 1.48572235717979e-05f, 5.12229709037114e-08f,
      -8.60467152213735e-11f, 2.00018790482477e-13f, -2.76076847742355e-16f};
  constexpr float kDenominator[] = {4.89352518554385e-03f, 2.26843463243900e-03f,
                                    1.18534705686654e-04f, 1.19825839466702e-06f};
  Expr limited = Halide::clamp(x, -7.90531110763549805f, 7.90531110763549805f);
  Expr square = limited * limited;
  Expr numerator = kNumerator[6], denominator = kDenominator[3];
  for (int i = 5; i >= 0; --i) numerator = numerator * square + kNumerator[i];
  for (int i = 2; i >= 0; --i) denominator = denominator * square + kDenominator[i];
  Expr one = select(x < 0.0f, -1.0f, 1.0f);
  return select(Halide::abs(x) < 0.0004f, x, Halide::abs(x) > 9.02f, one,
                limited * numerator / denominator);
}

Expr hyperbolic_tangent(Expr x) {
  return keep_nan(x, x.type() == Halide::Float(32) ? tanh_f32(x) : Halide::tanh(x));
}

/// Halide's erf is for f32 alone; its error is a few units in the last place. It is 1 beyond 4, and
/// 0 of both zeros.
Expr error_function(Expr x) {
  Expr narrow = Halide::clamp(cast(Halide::Float(32), x), -4.0f, 4.0f);
  return select(Halide::is_nan(x) || equal(x, Halide::Internal::make_zero(x.type())), x,
                cast(x.type(), Halide::erf(narrow)));
}

/// A divisor that no machine traps on: 0 and -1 (the least integer has no opposite) become 1.
Expr safe_divisor(Expr b) {
  Expr unsafe = b == Halide::Internal::make_zero(b.type());
  if (b.type().is_int()) unsafe = unsafe || b == cast(b.type(), -1);
  return select(unsafe, Halide::Internal::make_one(b.type()), b);
}

/// Halide divides towards minus infinity; StableHLO truncates.
Expr divide(Expr a, Expr b) {
  if (a.type().is_float()) return strict(Call::strict_div, a, b);
  Expr zero = Halide::Internal::make_zero(a.type());
  Expr quotient = Halide::div_round_to_zero(a, safe_divisor(b));
  if (a.type().is_int()) quotient = select(b == cast(b.type(), -1), zero - a, quotient);
  return select(b == zero, all_ones(a.type()), quotient);
}

/// In f64, exact where the quotient has at most 53 bits less than the divisor; with the dividend's
/// sign, of 0 too.
Expr float_remainder(Expr a, Expr b) {
  const Halide::Type wide = Halide::Float(64);
  Expr dividend = absolute(cast(wide, a)), divisor = absolute(cast(wide, b));
  Expr quotient = Halide::floor(divide(dividend, divisor));
  Expr rest = subtract(dividend, multiply(divisor, quotient));
  rest = select(Halide::is_inf(b) && Halide::is_finite(a), dividend, rest);
  return cast(a.type(), select(is_negative(a), negate(rest), rest));
}

Expr remainder(Expr a, Expr b) {
  if (a.type().is_float()) return float_remainder(a, b);
  Expr zero = Halide::Internal::make_zero(a.type());
  Expr rest = Halide::mod_round_to_zero(a, safe_divisor(b));
  if (a.type().is_int()) rest = select(b == cast(b.type(), -1), zero, rest);
  return select(b == zero, a, rest);
}

/// By repeated squaring, wrapping; a negative power of anything but 1 and -1 truncates to 0.
Expr integer_power(Expr a, Expr b) {
  const Halide::Type type = a.type();
  Expr zero = Halide::Internal::make_zero(type), one = Halide::Internal::make_one(type);
  Expr result = one;
  Expr square = a;
  for (int bit = 0; bit < type.bits() - (type.is_int() ? 1 : 0); ++bit) {
    result = select((b >> cast(type, bit)) % cast(type, 2) != zero, result * square, result);
    square = square * square;
  }
  if (type.is_int()) {
    Expr minus_one = cast(type, -1);
    Expr reciprocal = select(a == one, one, a == minus_one,
                             select(b % cast(type, 2) == zero, one, minus_one), zero);
    result = select(b < zero, reciprocal, result);
  }
  return Halide::Internal::common_subexpression_elimination(result);
}

/// In f64, rounded once: Adam's 1 - beta^t loses most of the digits that f32 has.
Expr power(Expr a, Expr b) {
  if (!a.type().is_float()) return integer_power(a, b);
  const Halide::Type wide = Halide::Float(64);
  return hide_origin(cast(a.type(), Halide::pow(cast(wide, a), cast(wide, b))));
}

/// A power in f64 of the magnitude, and steps of Newton's method for the last digits.
/// Halide makes anything of the powers of 0, of infinities and of NaNs: they stay as they are.
Expr cube_root(Expr x) {
  Expr wide = cast(Halide::Float(64), x);
  Expr magnitude = Halide::abs(wide);
  Expr root = Halide::pow(magnitude, Halide::Internal::make_const(wide.type(), 1.0 / 3));
  // Newton's method: each step doubles the right digits. A device's pow may have no more than f32's.
  const int steps = x.type().bits() == 64 ? 2 : 1;
  for (int step = 0; step < steps; ++step) root = root - (root - magnitude / (root * root)) / 3;
  Expr is_root = magnitude > 0 && Halide::is_finite(wide);
  return select(is_root, cast(x.type(), select(wide < 0, -root, root)), x);
}

}  // namespace

/// In terms of what is false for NaN: Halide makes `not greater` of `<=`.
Expr compare(const std::string& direction, Expr a, Expr b) {
  if (direction == "GT" || direction == "GE") std::swap(a, b);
  if (direction == "EQ") return equal(a, b);
  if (direction == "NE") return !equal(a, b);
  if (direction == "LT" || direction == "GT") return less(a, b);
  return a.type().is_float() ? less(a, b) || equal(a, b) : a <= b;
}

namespace {

Expr bit_and(Expr a, Expr b) { return a.type().is_bool() ? a && b : a & b; }
Expr bit_or(Expr a, Expr b) { return a.type().is_bool() ? a || b : a | b; }
Expr bit_xor(Expr a, Expr b) { return a.type().is_bool() ? a != b : a ^ b; }
Expr bit_not(Expr a) { return a.type().is_bool() ? !a : ~a; }

/// Out of range to the nearest, NaN to 0.
Expr float_to_integer(Expr x, Halide::Type to) {
  // 2^bits is a float where the largest integer is not.
  const int bits = to.is_int() ? to.bits() - 1 : to.bits();
  Expr beyond = Halide::Internal::make_const(x.type(), std::ldexp(1.0, bits));
  Expr least = cast(x.type(), to.min());
  Expr above = x >= beyond, below = x <= least, nan = Halide::is_nan(x);
  Expr within = cast(to, select(above || below || nan, Halide::Internal::make_zero(x.type()), x));
  return select(nan, Halide::Internal::make_zero(to), above, to.max(), below, to.min(), within);
}

Expr convert(Expr x, ElementType to) {
  if (to == ElementType::i1) return compare("NE", x, Halide::Internal::make_zero(x.type()));
  const Halide::Type type = compute_type(to);
  return x.type().is_float() && !type.is_float() ? float_to_integer(x, type) : cast(type, x);
}

bool is_half(Halide::Type type) { return type.is_float() && type.bits() == 16; }

/// Half precision is stored, not computed in. LLVM takes what it converts from f16 to be finite.
Expr widened(Expr x) { return is_half(x.type()) ? hide_origin(cast(Halide::Float(32), x)) : x; }

using Rule = Expr (*)(Operands);

const std::map<std::string_view, Rule>& rules() {
  static const std::map<std::string_view, Rule> table = {
      {"add", [](Operands x) { return add(x[0], x[1]); }},
      {"subtract", [](Operands x) { return subtract(x[0], x[1]); }},
      {"multiply", [](Operands x) { return multiply(x[0], x[1]); }},
      {"divide", [](Operands x) { return divide(x[0], x[1]); }},
      {"remainder", [](Operands x) { return remainder(x[0], x[1]); }},
      {"power", [](Operands x) { return power(x[0], x[1]); }},
      {"maximum", [](Operands x) { return maximum(x[0], x[1]); }},
      {"minimum", [](Operands x) { return minimum(x[0], x[1]); }},
      {"and", [](Operands x) { return bit_and(x[0], x[1]); }},
      {"or", [](Operands x) { return bit_or(x[0], x[1]); }},
      {"xor", [](Operands x) { return bit_xor(x[0], x[1]); }},
      {"not", [](Operands x) { return bit_not(x[0]); }},
      {"negate", [](Operands x) { return negate(x[0]); }},
      {"abs", [](Operands x) { return absolute(x[0]); }},
      {"sign", [](Operands x) { return sign(x[0]); }},
      {"exponential", [](Operands x) { return exponential(x[0]); }},
      {"exponential_minus_one", [](Operands x) { return expm1(x[0]); }},
      {"log", [](Operands x) { return logarithm(x[0]); }},
      {"log_plus_one", [](Operands x) { return log1p(x[0]); }},
      {"sqrt", [](Operands x) { return Halide::sqrt(x[0]); }},
      {"rsqrt", [](Operands x) { return divide(one_of(x[0].type()), Halide::sqrt(x[0])); }},
      {"cbrt", [](Operands x) { return cube_root(x[0]); }},
      {"tanh", [](Operands x) { return hyperbolic_tangent(x[0]); }},
      {"logistic", [](Operands x) { return logistic(x[0]); }},
      {"erf", [](Operands x) { return error_function(x[0]); }},
      {"sine", [](Operands x) { return Halide::sin(x[0]); }},
      {"cosine", [](Operands x) { return Halide::cos(x[0]); }},
      {"tan", [](Operands x) { return Halide::tan(x[0]); }},
      {"floor", [](Operands x) { return Halide::floor(x[0]); }},
      {"stop_gradient", [](Operands x) { return x[0]; }},
      {"ceil", [](Operands x) { return Halide::ceil(x[0]); }},
      {"round_nearest_even", [](Operands x) { return Halide::round(x[0]); }},
      {"select", [](Operands x) { return select(x[0], x[1], x[2]); }},
      {"is_finite", [](Operands x) { return Halide::is_finite(x[0]); }},
  };
  return table;
}

}  // namespace

Expr elementwise_expression(const ir::Op& op, Operands operands) {
  std::vector<Expr> wide;
  for (const Expr& operand : operands) wide.push_back(widened(operand));
  const ElementType element = op.result()->type().element;
  if (op.is("compare")) return compare(op.get<std::string>("direction"), wide[0], wide[1]);
  if (op.is("convert")) return convert(wide[0], element);
  auto rule = rules().find(op.name());
  KILN_CHECK(rule != rules().end(), "no kernel expression for {}", op.name());
  Expr result = rule->second(wide);
  return is_half(compute_type(element)) ? cast(compute_type(element), result) : result;
}

Expr eager_select(const Expr& condition, const Expr& a, const Expr& b) {
  const Halide::Type type = a.type();
  if (type.is_bool())
    return eager_select(condition, cast(Halide::UInt(8), a), cast(Halide::UInt(8), b)) != 0;
  const Halide::Type bits = Halide::UInt(type.bits());
  Expr mask = Halide::Internal::make_zero(bits) - cast(bits, condition);
  Expr chosen = (Halide::reinterpret(bits, a) & mask) | (Halide::reinterpret(bits, b) & ~mask);
  return Halide::reinterpret(type, chosen);
}

Halide::Type accumulator_type(ElementType element) {
  const Halide::Type type = compute_type(element);
  return is_half(type) ? Halide::Float(32) : type;
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

bool is_uniform(const ir::Literal& literal) {
  return literal.is_splat() || literal.type().count() == 1;
}

Expr element_expression(const ir::Literal& literal, int64_t i) {
  const Halide::Type type = compute_type(literal.type().element);
  if (type.is_bool())
    return literal.get_int(i) ? Halide::Internal::const_true() : Halide::Internal::const_false();
  if (type.is_float()) return Halide::Internal::make_const(type, literal.get(i));
  return Halide::Internal::make_const(type, literal.get_int(i));
}

}  // namespace kiln::codegen
