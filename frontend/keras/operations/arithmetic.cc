// Arithmetic on two operands, either of which may be a number.
#include <cmath>

#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

Diagnostic not_for_booleans() {
  return {"", "does not take truth values", "convert them first, with keras.ops.cast"};
}

/// Where a remainder has not the divisor's sign, and is not 0.
Tensor has_other_sign(Tensor rest, Tensor divisor) {
  const Tensor differs = compare(compare(rest, "LT", 0.0), "NE", compare(divisor, "LT", 0.0));
  return logical_and(compare(rest, "NE", 0.0), differs);
}

/// The remainder with the divisor's sign, as Python's %.
Tensor floor_remainder(Tensor a, Tensor b) {
  const Tensor rest = remainder(a, b);
  return select(has_other_sign(rest, b), rest + b, rest);
}

/// The quotient, rounded down: as Python's //.
Tensor floor_quotient(Tensor a, Tensor b) {
  const Tensor rest = remainder(a, b);
  const Tensor quotient = (a - rest) / b;
  const Tensor below = select(has_other_sign(rest, b), quotient - 1.0, quotient);
  return is_float(a) ? round_nearest_even(below) : below;
}

/// sqrt(a^2 + b^2), without overflow where the result has none.
Tensor hypotenuse(Tensor a, Tensor b) {
  const Tensor x = abs(a), y = abs(b);
  const Tensor large = maximum(x, y), small = minimum(x, y);
  const Tensor is_zero = compare(large, "EQ", 0.0);
  const Tensor ratio = small / select(is_zero, large + 1.0, large);
  return large * sqrt(square(ratio) + 1.0);
}

/// log(e^a + e^b), without overflow.
Tensor log_add_exp(Tensor a, Tensor b) {
  const Tensor shift = shift_of(maximum(a, b));
  return shift + log(exp(a - shift) + exp(b - shift));
}

}  // namespace

void add_arithmetic(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Add", "x1, x2", "x1 + x2",
      [](Pair x) { return is_bool(x.a) ? logical_or(x.a, x.b) : x.a + x.b; });
  add("Subtract", "x1, x2", "x1 - x2", [](Pair x) -> Expected<Tensor> {
    if (is_bool(x.a)) return not_for_booleans();
    return x.a - x.b;
  });
  add("Multiply", "x1, x2", "x1 * x2",
      [](Pair x) { return is_bool(x.a) ? logical_and(x.a, x.b) : x.a * x.b; });
  const auto divide = [](FloatPair x) { return x.a / x.b; };
  add("Divide", "x1, x2", "x1 / x2", divide);
  add("TrueDivide", "x1, x2", "x1 / x2", divide);
  add("DivideNoNan", "x1, x2", "x1 / x2; 0 where x2 is 0", [](FloatPair x) {
    const Tensor is_zero = compare(x.b, "EQ", 0.0);
    const Tensor quotient = x.a / select(is_zero, x.b + 1.0, x.b);
    return select(is_zero, quotient * 0.0, quotient);
  });
  add("FloorDivide", "x1, x2", "the quotient, rounded down", [](Pair x) -> Expected<Tensor> {
    if (is_bool(x.a)) return not_for_booleans();
    return floor_quotient(x.a, x.b);
  });
  add("Mod", "x1, x2", "the remainder, with the sign of x2", [](Pair x) -> Expected<Tensor> {
    if (is_bool(x.a)) return not_for_booleans();
    return floor_remainder(x.a, x.b);
  });
  add("Fmod", "x1, x2", "the remainder, with the sign of x1", [](Pair x) -> Expected<Tensor> {
    if (is_bool(x.a)) return not_for_booleans();
    return remainder(x.a, x.b);
  });
  add("Power", "x1, x2", "x1 to the power of x2", [](Pair x) -> Expected<Tensor> {
    if (is_bool(x.a)) return not_for_booleans();
    return power(x.a, x.b);
  });
  add("Maximum", "x1, x2", "the larger of both; NaN where one is",
      [](Pair x) { return maximum(x.a, x.b); });
  add("Minimum", "x1, x2", "the smaller of both; NaN where one is",
      [](Pair x) { return minimum(x.a, x.b); });
  add("Fmax", "x1, x2", "the larger of both; the other where one is NaN", [](Pair x) {
    const Tensor larger = maximum(x.a, x.b);
    return select(compare(x.a, "NE", x.a), x.b, select(compare(x.b, "NE", x.b), x.a, larger));
  });
  add("Fmin", "x1, x2", "the smaller of both; the other where one is NaN", [](Pair x) {
    const Tensor smaller = minimum(x.a, x.b);
    return select(compare(x.a, "NE", x.a), x.b, select(compare(x.b, "NE", x.b), x.a, smaller));
  });
  add("Hypot", "x1, x2", "sqrt(x1^2 + x2^2)", [](FloatPair x) { return hypotenuse(x.a, x.b); });
  add("Logaddexp", "x1, x2", "log(e^x1 + e^x2)", [](FloatPair x) { return log_add_exp(x.a, x.b); });
  add("Logaddexp2", "x1, x2", "log2(2^x1 + 2^x2)", [](FloatPair x) {
    const double ln2 = std::log(2.0);
    return log_add_exp(x.a * ln2, x.b * ln2) / ln2;
  });
  add("Heaviside", "x1, x2", "0 below 0, x2 at 0, 1 above", [](FloatPair x) {
    const Tensor beside = (sign(x.a) + 1.0) * 0.5;
    return select(compare(x.a, "EQ", 0.0), x.b, beside);
  });
}

}  // namespace kiln::keras
