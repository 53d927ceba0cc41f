#include "frontend/keras/operations/trigonometry.h"

#include <initializer_list>
#include <numbers>

namespace kiln::keras {
namespace {

using ir::Tensor;
using std::numbers::ln2;
using std::numbers::pi;

/// The coefficient of the highest power comes first.
Tensor polynomial(Tensor x, std::initializer_list<double> coefficients) {
  Tensor sum;
  for (double coefficient : coefficients)
    sum = sum ? sum * x + coefficient : x.builder->constant(coefficient, x.type());
  return sum;
}

/// The arc tangent in [-1, 1]: the quotient of polynomials that Eigen has for f32
/// (patan_reduced, Eigen/src/Core/arch/Default/GenericPacketMathFunctions.h).
Tensor small_arctan(Tensor x) {
  const Tensor z = square(x);
  const Tensor above = polynomial(
      z, {1.12026982009410858154296875e-01, 7.296695709228515625e-01, 8.109951019287109375e-01});
  const Tensor below = polynomial(z, {1.00917108356952667236328125e-02,
                                      2.8318560123443603515625e-01, 1.0, 8.109951019287109375e-01});
  return x * (above / below);
}

Tensor like(Tensor x, double value) { return x.builder->constant(value, x.type()); }

/// Whether x is below 0 or -0.
Tensor is_negative(Tensor x) {
  return logical_or(compare(x, "LT", 0.0),
                    logical_and(compare(x, "EQ", 0.0), compare(1.0 / x, "LT", 0.0)));
}

Tensor is_infinite(Tensor x) { return logical_and(logical_not(is_finite(x)), compare(x, "EQ", x)); }

}  // namespace

// atan(x) = pi/2 - atan(1/x) above 1. A divisor that is not used is 1, so that no derivative of it
// is NaN.
Tensor arctan(Tensor x) {
  const Tensor is_large = compare(abs(x), "GT", 1.0);
  const Tensor inverse = 1.0 / select(is_large, x, 1.0);
  const Tensor reduced = small_arctan(select(is_large, inverse, x));
  const Tensor quarter = select(compare(x, "GT", 0.0), like(x, pi / 2), -pi / 2);
  return select(is_large, quarter - reduced, reduced);
}

Tensor arcsin(Tensor x) { return arctan(x / sqrt((1.0 - x) * (1.0 + x))); }
Tensor arccos(Tensor x) { return arctan(sqrt((1.0 - x) / (1.0 + x))) * 2.0; }

Tensor arctan2(Tensor y, Tensor x) {
  const Tensor both = logical_and(is_infinite(x), is_infinite(y));
  const Tensor v = select(both, sign(y), y), u = select(both, sign(x), x);
  const Tensor steep = compare(abs(v), "GT", abs(u));
  // Flat: atan(y / x), turned by pi left of 0. Steep: pi/2 or -pi/2, less atan(x / y).
  const Tensor divisor = select(steep, v, u);
  const Tensor safe = select(compare(divisor, "EQ", 0.0), like(divisor, 1), divisor);
  const Tensor angle = small_arctan(select(steep, u, v) / safe);
  const Tensor upper = logical_not(is_negative(v));
  const Tensor quarter = select(upper, like(v, pi / 2), -pi / 2);
  const Tensor half = select(upper, like(v, pi), -pi);
  const Tensor turned = select(is_negative(u), half, 0.0);
  // 0 / x is 0 with the sign that y / x has, where x may be -0: the angle is turned's or y itself.
  const Tensor flat = select(compare(v, "EQ", 0.0), turned + v, turned + angle);
  return select(steep, quarter - angle, flat);
}

Expected<Tensor> in_f32(Tensor x, Tensor (*f)(Tensor)) {
  const ir::ElementType element = x.type().element;
  if (element == ir::ElementType::f64)
    return Diagnostic{"", "is not supported in float64", "cast its operand to float32"};
  return convert(f(convert(x, ir::ElementType::f32)), element);
}

// As XLA: exponents less log(2), so that e^x does not overflow before the result does.
Tensor sinh(Tensor x) {
  const Tensor is_small = compare(abs(x), "LT", 1.0);
  const Tensor large = exp(x - ln2) - exp(-x - ln2);
  const Tensor e = expm1(select(is_small, x, 0.0));
  return select(is_small, (e + e / (e + 1.0)) * 0.5, large);
}

Tensor cosh(Tensor x) { return exp(x - ln2) + exp(-x - ln2); }

// log(x + sqrt(x^2 + 1)), written for small x; odd.
Tensor arcsinh(Tensor x) {
  const Tensor below = compare(x, "LT", 0.0);
  const Tensor a = select(below, -x, x);
  const Tensor is_large = compare(a, "GT", 1e15);
  const Tensor b = select(is_large, like(a, 1), a);
  const Tensor small = log1p(b + square(b) / (sqrt(square(b) + 1.0) + 1.0));
  const Tensor y = select(is_large, log(select(is_large, a, 1.0)) + ln2, small);
  return select(below, -y, y);
}

Tensor arccosh(Tensor x) {
  const Tensor d = x - 1.0;
  return log1p(d + sqrt(d) * sqrt(x + 1.0));
}

Tensor arctanh(Tensor x) { return (log1p(x) - log1p(-x)) * 0.5; }

}  // namespace kiln::keras
