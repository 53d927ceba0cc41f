// Derivatives of elementwise ops.
//
// Where a function has a kink, the choice is TensorFlow's as far as Keras's numbers show it:
// - maximum and minimum of equal operands: all goes to the *second*. So relu, maximum(x, 0), and
//   relu6, minimum(maximum(x, 0), 6), have derivative zero at the kinks, as TensorFlow's Relu and
//   Relu6 do. A clip that passes at its borders, as TensorFlow's does, is written with x second:
//   maximum(low, minimum(high, x)). (TensorFlow's own Maximum gives all to its first operand.)
// - abs: zero at zero (sign).
// - power: zero with respect to the exponent where the base is not positive.
#include <cmath>
#include <numbers>

#include "passes/constants.h"
#include "passes/gradients/gradients.h"

namespace kiln::passes {
namespace {

using ir::Tensor;
using A = const Application&;

Tensor zeros(Tensor like) { return like.builder->constant(0, like.type()); }

Tensor pass(A a) { return a.dy; }

// d/da a^b = b a^(b-1), and zero for b = 0 even where a^(b-1) is infinite.
Tensor power_base(A a) {
  const Tensor b = a.x(1);
  if (const auto exponent = splat_of(b.value)) {
    if (*exponent == 0) return {};
    return a.dy * (*exponent * power(a.x(0), *exponent - 1));
  }
  const Tensor flat = compare(b, "EQ", 0);
  return a.dy * select(flat, zeros(b), b * power(a.x(0), select(flat, b, b - 1)));
}

// d/db a^b = a^b log a
Tensor power_exponent(A a) {
  const Tensor positive = compare(a.x(0), "GT", 0);
  return a.dy * select(positive, a.y() * log(select(positive, a.x(0), 1)), 0);
}

// a - b trunc(a / b): the quotient is recovered from the remainder, where it is whole.
Tensor remainder_divisor(A a) { return -a.dy * round_nearest_even((a.x(0) - a.y()) / a.x(1)); }

Tensor convert_operand(A a) { return convert(a.dy, a.x().type().element); }

void add_binary(std::vector<Gradient>& table) {
  table.push_back({"add", {pass, pass}});
  table.push_back({"subtract", {pass, [](A a) { return -a.dy; }}});
  table.push_back(
      {"multiply", {[](A a) { return a.dy * a.x(1); }, [](A a) { return a.dy * a.x(0); }}});
  // Both share dy / b.
  table.push_back(
      {"divide",
       {[](A a) { return a.dy / a.x(1); }, [](A a) { return -(a.dy / a.x(1) * a.y()); }}});
  table.push_back({"remainder", {pass, remainder_divisor}});
  table.push_back({"power", {power_base, power_exponent}});
  table.push_back({"maximum",
                   {[](A a) { return select(compare(a.x(0), "GT", a.x(1)), a.dy, 0); },
                    [](A a) { return select(compare(a.x(0), "GT", a.x(1)), zeros(a.dy), a.dy); }}});
  table.push_back({"minimum",
                   {[](A a) { return select(compare(a.x(0), "LT", a.x(1)), a.dy, 0); },
                    [](A a) { return select(compare(a.x(0), "LT", a.x(1)), zeros(a.dy), a.dy); }}});
}

// In terms of the result where that is as exact; expm1's is not (y + 1 loses what x << 0 has left).
void add_unary(std::vector<Gradient>& table) {
  table.push_back({"negate", {[](A a) { return -a.dy; }}});
  table.push_back({"abs", {[](A a) { return a.dy * sign(a.x()); }}});
  table.push_back({"exponential", {[](A a) { return a.dy * a.y(); }}});
  table.push_back({"exponential_minus_one", {[](A a) { return a.dy * exp(a.x()); }}});
  table.push_back({"log", {[](A a) { return a.dy / a.x(); }}});
  table.push_back({"log_plus_one", {[](A a) { return a.dy / (a.x() + 1); }}});
  table.push_back({"sqrt", {[](A a) { return a.dy * 0.5 / a.y(); }}});
  table.push_back({"rsqrt", {[](A a) { return a.dy * -0.5 * (a.y() * a.y() * a.y()); }}});
  table.push_back({"cbrt", {[](A a) { return a.dy / (3 * square(a.y())); }}});
  table.push_back({"tanh", {[](A a) { return a.dy * (1 - square(a.y())); }}});
  table.push_back({"logistic", {[](A a) { return a.dy * (a.y() * (1 - a.y())); }}});
  table.push_back(
      {"erf", {[](A a) { return a.dy * (2 * std::numbers::inv_sqrtpi * exp(-square(a.x()))); }}});
  table.push_back({"sine", {[](A a) { return a.dy * cosine(a.x()); }}});
  table.push_back({"cosine", {[](A a) { return -(a.dy * sine(a.x())); }}});
  table.push_back({"tan", {[](A a) { return a.dy * (1 + square(a.y())); }}});
}

}  // namespace

void add_elementwise_gradients(std::vector<Gradient>& table) {
  add_binary(table);
  add_unary(table);
  table.push_back({"select",
                   {nullptr, [](A a) { return select(a.x(0), a.dy, 0); },
                    [](A a) { return select(a.x(0), zeros(a.dy), a.dy); }}});
  table.push_back({"convert", {convert_operand}});
  // Constant between jumps, not about real numbers, or for this purpose.
  for (std::string_view op : {"sign", "floor", "ceil", "round_nearest_even", "compare", "is_finite",
                              "and", "or", "xor", "not", "stop_gradient"}) {
    table.push_back({op, {}});
  }
}

}  // namespace kiln::passes
