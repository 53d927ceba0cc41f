// Elementwise ops: operands of equal shape, one result element from the operands' elements at the
// same index. Floats are computed in double and rounded once; integers wrap.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ir/ops/arithmetic.h"
#include "ir/ops/definition.h"
#include "ir/ops/errors.h"

namespace kiln::ir {
namespace {

using Types = std::vector<Type>;
using Kind = AttributeSpec::Kind;

/// Which element types an op takes.
enum class Domain { floats, numbers, booleans_and_integers, any };

bool accepts(Domain domain, ElementType element) {
  switch (domain) {
    case Domain::floats:
      return is_float(element);
    case Domain::numbers:
      return element != ElementType::i1;
    case Domain::booleans_and_integers:
      return !is_float(element);
    case Domain::any:
      return true;
  }
  return false;
}

template <Domain D>
Expected<Types> infer_same(const Op& op, std::span<const Type>) {
  const Type& type = op.operand(0)->type();
  for (Value* operand : op.operands()) {
    if (operand->type() != type) {
      return op_error(op, "operands must have one type, not {} and {}", type.to_string(),
                      operand->type().to_string());
    }
  }
  if (!accepts(D, type.element)) {
    return op_error(op, "does not take elements of type {}", name_of(type.element));
  }
  return Types{type};
}

// F computes floats, I integers: functions or captureless lambdas of one or two arguments.

template <auto F, auto I>
void evaluate_unary(const Op&, std::span<const Literal> operands, std::span<Literal> results) {
  auto apply = [&](auto elements, auto function) {
    for (auto& x : elements) x = function(x);
    results[0].assign(elements);
  };
  if (is_float(operands[0].type().element)) {
    apply(operands[0].values(), F);
  } else {
    apply(operands[0].integers(), I);
  }
}

template <auto F, auto I>
void evaluate_binary(const Op&, std::span<const Literal> operands, std::span<Literal> results) {
  auto apply = [&](auto a, const auto& b, auto function) {
    for (size_t i = 0; i < a.size(); ++i) a[i] = function(a[i], b[i]);
    results[0].assign(a);
  };
  if (is_float(operands[0].type().element)) {
    apply(operands[0].values(), operands[1].values(), F);
  } else {
    apply(operands[0].integers(), operands[1].integers(), I);
  }
}

int64_t no_int(int64_t) { return 0; }
double no_float2(double, double) { return 0; }

int64_t divide_int(int64_t a, int64_t b) {
  if (b == 0) return -1;  // StableHLO leaves it to the implementation; all bits set, as XLA does
  if (b == -1) return wrap(0 - uint64_t(a));
  return a / b;
}
int64_t remainder_int(int64_t a, int64_t b) { return b == 0 ? a : b == -1 ? 0 : a % b; }
int64_t power_int(int64_t base, int64_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
  uint64_t result = 1;
  for (uint64_t square = uint64_t(base); exponent > 0; exponent >>= 1, square *= square) {
    if (exponent & 1) result *= square;
  }
  return wrap(result);
}

int64_t abs_int(int64_t x) { return x < 0 ? subtract(int64_t{0}, x) : x; }
int64_t sign_int(int64_t x) { return int64_t{x > 0} - int64_t{x < 0}; }

double sign_float(double x) { return std::isnan(x) ? x : x > 0 ? 1.0 : x < 0 ? -1.0 : x; }
double logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }

constexpr OpFacts kCommutative = {.commutative = true};
constexpr OpFacts kDivision = {.cost = ElementCost::division};
constexpr OpFacts kExpensive = {.cost = ElementCost::expensive};

template <Domain D, auto F, auto I = no_int>
OpDefinition unary(std::string_view name, std::string_view summary, const OpFacts& facts = {}) {
  return {name, summary,       OpClass::elementwise, 1,    1, 1, 0,
          {},   infer_same<D>, evaluate_unary<F, I>, facts};
}

/// One generic function, or one for floats and one for integers.
template <Domain D, auto F, auto I = F>
OpDefinition binary(std::string_view name, std::string_view summary, const OpFacts& facts = {}) {
  return {name, summary,       OpClass::elementwise,  2,    2, 1, 0,
          {},   infer_same<D>, evaluate_binary<F, I>, facts};
}

bool holds(std::string_view direction, auto a, auto b) {
  if (direction == "EQ") return a == b;
  if (direction == "NE") return a != b;
  if (direction == "LT") return a < b;
  if (direction == "LE") return a <= b;
  if (direction == "GT") return a > b;
  return a >= b;
}

Expected<Types> infer_compare(const Op& op, std::span<const Type> declared) {
  KILN_ASSIGN(const Types types, infer_same<Domain::any>(op, declared));
  const auto& direction = op.get<std::string>("direction");
  constexpr std::string_view kDirections[] = {"EQ", "NE", "LT", "LE", "GT", "GE"};
  if (std::find(std::begin(kDirections), std::end(kDirections), direction) ==
      std::end(kDirections)) {
    return op_error(op, "direction must be EQ, NE, LT, LE, GT or GE, not \"{}\"", direction);
  }
  return Types{types[0].with_element(ElementType::i1)};
}

void evaluate_compare(const Op& op, std::span<const Literal> operands, std::span<Literal> results) {
  const auto& direction = op.get<std::string>("direction");
  auto apply = [&](const auto& a, const auto& b) {
    std::vector<int64_t> held(a.size());
    for (size_t i = 0; i < a.size(); ++i) held[i] = holds(direction, a[i], b[i]);
    results[0].assign(held);
  };
  if (is_float(operands[0].type().element)) {
    apply(operands[0].values(), operands[1].values());
  } else {
    apply(operands[0].integers(), operands[1].integers());
  }
}

Expected<Types> infer_select(const Op& op, std::span<const Type>) {
  const Type& predicate = op.operand(0)->type();
  const Type& type = op.operand(1)->type();
  if (predicate.element != ElementType::i1 || predicate.shape != type.shape ||
      op.operand(2)->type() != type) {
    return op_error(
        op, "takes tensor<...xi1> and two operands of one type in its shape, not {}, {}, {}",
        predicate.to_string(), type.to_string(), op.operand(2)->type().to_string());
  }
  return Types{type};
}

void evaluate_select(const Op&, std::span<const Literal> operands, std::span<Literal> results) {
  for (int64_t i = 0, n = results[0].type().count(); i < n; ++i) {
    results[0].copy_element(i, operands[operands[0].get_int(i) ? 1 : 2], i);
  }
}

Expected<Types> infer_convert(const Op& op, std::span<const Type> declared) {
  if (declared.size() != 1) return op_error(op, "needs its result type");
  if (declared[0].shape != op.operand(0)->type().shape) {
    return op_error(op, "keeps the shape: {} cannot become {}", op.operand(0)->type().to_string(),
                    declared[0].to_string());
  }
  return Types{declared[0]};
}

void evaluate_convert(const Op&, std::span<const Literal> operands, std::span<Literal> results) {
  if (operands[0].type() == results[0].type()) {
    results[0] = operands[0];
  } else if (is_float(operands[0].type().element)) {
    results[0].assign(operands[0].values());
  } else {
    results[0].assign(operands[0].integers());
  }
}

void evaluate_not(const Op&, std::span<const Literal> operands, std::span<Literal> results) {
  const bool logical = operands[0].type().element == ElementType::i1;
  std::vector<int64_t> elements = operands[0].integers();
  for (int64_t& x : elements) x = logical ? !x : ~x;
  results[0].assign(elements);
}

Expected<Types> infer_is_finite(const Op& op, std::span<const Type> declared) {
  KILN_ASSIGN(const Types types, infer_same<Domain::floats>(op, declared));
  return Types{types[0].with_element(ElementType::i1)};
}

void evaluate_is_finite(const Op&, std::span<const Literal> operands, std::span<Literal> results) {
  for (int64_t i = 0, n = results[0].type().count(); i < n; ++i) {
    results[0].set_int(i, std::isfinite(operands[0].get(i)));
  }
}

using D = Domain;

void add_binary_ops(std::vector<OpDefinition>& ops) {
  ops.push_back(
      binary<D::numbers, [](auto a, auto b) { return add(a, b); }>("add", "a + b", kCommutative));
  ops.push_back(
      binary<D::numbers, [](auto a, auto b) { return subtract(a, b); }>("subtract", "a - b"));
  ops.push_back(binary<D::numbers, [](auto a, auto b) { return multiply(a, b); }>(
      "multiply", "a * b", kCommutative));
  ops.push_back(binary<D::numbers, [](double a, double b) { return a / b; }, divide_int>(
      "divide", "a / b; integers truncate towards zero", kDivision));
  ops.push_back(
      binary<D::numbers, [](double a, double b) { return std::fmod(a, b); }, remainder_int>(
          "remainder", "a - b * trunc(a / b): the dividend's sign", kDivision));
  ops.push_back(binary<D::numbers, [](double a, double b) { return std::pow(a, b); }, power_int>(
      "power", "a to the power of b", kExpensive));
  ops.push_back(binary<D::any, [](auto a, auto b) { return maximum(a, b); }>(
      "maximum", "the larger; NaN if either is NaN; -0 < +0", kCommutative));
  ops.push_back(binary<D::any, [](auto a, auto b) { return minimum(a, b); }>(
      "minimum", "the smaller; NaN if either is NaN; -0 < +0", kCommutative));
  ops.push_back(
      binary<D::booleans_and_integers, no_float2, [](int64_t a, int64_t b) { return a & b; }>(
          "and", "bitwise (i1: logical) and", kCommutative));
  ops.push_back(
      binary<D::booleans_and_integers, no_float2, [](int64_t a, int64_t b) { return a | b; }>(
          "or", "bitwise (i1: logical) or", kCommutative));
  ops.push_back(
      binary<D::booleans_and_integers, no_float2, [](int64_t a, int64_t b) { return a ^ b; }>(
          "xor", "bitwise (i1: logical) exclusive or", kCommutative));
}

void add_unary_ops(std::vector<OpDefinition>& ops) {
  ops.push_back(unary<D::numbers, [](double x) { return -x; },
                      [](int64_t x) { return subtract(int64_t{0}, x); }>("negate", "-x"));
  ops.push_back(unary<D::numbers, [](double x) { return std::fabs(x); }, abs_int>(
      "abs", "|x|", {.never_negative_zero = true}));
  ops.push_back(unary<D::numbers, sign_float, sign_int>(
      "sign", "-1, 0 or 1; keeps NaN and the sign of zero"));
  ops.push_back(unary<D::floats, [](double x) { return std::exp(x); }>(
      "exponential", "e^x", {.cost = ElementCost::expensive, .never_negative_zero = true}));
  ops.push_back(unary<D::floats, [](double x) { return std::expm1(x); }>(
      "exponential_minus_one", "e^x - 1, exact near zero", kExpensive));
  ops.push_back(unary<D::floats, [](double x) { return std::log(x); }>("log", "natural logarithm",
                                                                       kExpensive));
  ops.push_back(unary<D::floats, [](double x) { return std::log1p(x); }>(
      "log_plus_one", "log(1 + x), exact near zero", kExpensive));
  ops.push_back(
      unary<D::floats, [](double x) { return std::sqrt(x); }>("sqrt", "square root", kDivision));
  ops.push_back(unary<D::floats, [](double x) { return 1.0 / std::sqrt(x); }>(
      "rsqrt", "1 / sqrt(x)", kDivision));
  ops.push_back(
      unary<D::floats, [](double x) { return std::cbrt(x); }>("cbrt", "cube root", kExpensive));
  ops.push_back(unary<D::floats, [](double x) { return std::tanh(x); }>(
      "tanh", "hyperbolic tangent", kExpensive));
  ops.push_back(unary<D::floats, logistic>(
      "logistic", "1 / (1 + e^-x)", {.cost = ElementCost::expensive, .never_negative_zero = true}));
  ops.push_back(unary<D::floats, [](double x) { return std::erf(x); }>(
      "erf", "the error function (CHLO's erf)", kExpensive));
  ops.push_back(unary<D::floats, [](double x) { return std::sin(x); }>("sine", "sin(x), radians",
                                                                       kExpensive));
  ops.push_back(unary<D::floats, [](double x) { return std::cos(x); }>("cosine", "cos(x), radians",
                                                                       kExpensive));
  ops.push_back(
      unary<D::floats, [](double x) { return std::tan(x); }>("tan", "tan(x), radians", kExpensive));
  ops.push_back(unary<D::floats, [](double x) { return std::floor(x); }>(
      "floor", "the largest integer not above x"));
  ops.push_back(unary<D::floats, [](double x) { return std::ceil(x); }>(
      "ceil", "the smallest integer not below x"));
  ops.push_back(unary<D::floats, [](double x) { return std::nearbyint(x); }>(
      "round_nearest_even", "the nearest integer, ties to even"));
  ops.push_back(unary<D::floats, [](double x) { return x; }>(
      "stop_gradient", "x itself, through which no derivative goes"));
  ops.push_back({"not",
                 "bitwise (i1: logical) not",
                 OpClass::elementwise,
                 1,
                 1,
                 1,
                 0,
                 {},
                 infer_same<D::booleans_and_integers>,
                 evaluate_not});
}

}  // namespace

void add_elementwise_ops(std::vector<OpDefinition>& ops) {
  add_binary_ops(ops);
  add_unary_ops(ops);
  ops.push_back({"compare",
                 "a DIRECTION b, elementwise; with NaN only NE holds",
                 OpClass::elementwise,
                 2,
                 2,
                 1,
                 0,
                 {{"direction", Kind::string, true, "EQ, NE, LT, LE, GT or GE"}},
                 infer_compare,
                 evaluate_compare});
  ops.push_back({"select",
                 "where the first operand holds the second, elsewhere the third",
                 OpClass::elementwise,
                 3,
                 3,
                 1,
                 0,
                 {},
                 infer_select,
                 evaluate_select});
  ops.push_back({"convert",
                 "the same number in another element type; floats truncate to integers, out of "
                 "range to the nearest, NaN to 0; integers wrap",
                 OpClass::elementwise,
                 1,
                 1,
                 1,
                 0,
                 {},
                 infer_convert,
                 evaluate_convert});
  ops.push_back({"is_finite",
                 "neither infinite nor NaN",
                 OpClass::elementwise,
                 1,
                 1,
                 1,
                 0,
                 {},
                 infer_is_finite,
                 evaluate_is_finite});
}

}  // namespace kiln::ir
