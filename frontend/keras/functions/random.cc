#include "frontend/keras/functions/random.h"

#include <cmath>
#include <initializer_list>

namespace kiln::keras {
namespace {

using ir::Tensor;

Tensor polynomial(Tensor x, std::initializer_list<double> coefficients) {
  Tensor result;
  for (double c : coefficients) result = result ? result * x + c : x.builder->constant(c, x.type());
  return result;
}

/// The inverse of the error function on (-1, 1). M. Giles, "Approximating the erfinv function", GPU
/// Computing Gems (2011), the single-precision version: relative error below 4e-7.
Tensor inverse_erf(Tensor x) {
  const Tensor w = -log((1.0 - x) * (1.0 + x));
  const Tensor central =
      polynomial(w - 2.5, {2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06,
                           0.00021858087, -0.00125372503, -0.00417768164, 0.246640727, 1.50140941});
  const Tensor tail =
      polynomial(sqrt(maximum(w, 5.0)) - 3.0,
                 {-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773,
                  -0.0076224613, 0.00943887047, 1.00167406, 2.83297682});
  return select(compare(w, "LT", 5.0), central, tail) * x;
}

}  // namespace

/// By the inverse of the distribution function; truncation narrows the uniform numbers that it
/// starts from, which has the distribution of drawing again.
Tensor standard_normal(Tensor bits, bool truncated) {
  // Odd multiples of 2^-23, so that -1 and 1, where the inverse is infinite, do not occur.
  constexpr double kHalfStep = 0x1p-23;
  Tensor x = uniform(bits, -1 + kHalfStep, 1 + kHalfStep);
  if (truncated) x = x * std::erf(std::sqrt(2.0));
  return inverse_erf(x) * std::sqrt(2.0);
}

Tensor bernoulli(Tensor bits, double probability) {
  const double smallest = -0x1p31;
  return compare(bits, "LT", std::floor(probability * 0x1p32 + smallest));
}

}  // namespace kiln::keras
