// Functions of one operand, element by element.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <numbers>
#include <optional>
#include <utility>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/operations/list.h"
#include "frontend/keras/operations/trigonometry.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr double kPi = std::numbers::pi;

/// Arithmetic makes Keras's int32 of truth values.
Tensor as_number(Tensor x) { return is_bool(x) ? convert(x, ir::ElementType::i32) : x; }

Tensor is_nan(Tensor x) { return compare(x, "NE", x); }
Tensor is_infinite(Tensor x) { return logical_not(logical_or(is_finite(x), is_nan(x))); }
Tensor none_holds(Tensor x) {
  return x.builder->constant(0, x.type().with_element(ir::ElementType::i1));
}

Diagnostic wants(std::string_view what) { return {"", "takes " + std::string(what), ""}; }

/// x rounded to that many decimals, as NumPy does: by multiplying and dividing.
Expected<Tensor> round_to(Tensor x, int64_t decimals) {
  if (is_bool(x)) return wants("numbers, not truth values");
  if (!is_float(x)) {
    if (decimals < 0) return wants("integers with decimals of 0 or more");
    return x;
  }
  if (decimals == 0) return round_nearest_even(x);
  const double factor = std::pow(10.0, static_cast<double>(decimals));
  return round_nearest_even(x * factor) / factor;
}

/// x between two borders, either of which may be missing.
Expected<Tensor> clip_to(Tensor x, std::optional<double> low, std::optional<double> high) {
  x = as_number(x);
  const auto is_whole = [](std::optional<double> border) {
    return !border || std::floor(*border) == *border;
  };
  if (!is_float(x) && !(is_whole(low) && is_whole(high)))
    return wants("borders that are whole numbers, of a tensor of integers");
  const auto limit = [&](double border) { return x.builder->constant(border, x.type()); };
  // The derivative of equal operands goes to the second.
  if (high) x = minimum(limit(*high), x);
  if (low) x = maximum(limit(*low), x);
  return x;
}

/// The smallest and the largest number of a type; nothing for those of 64 bits.
std::optional<std::pair<double, double>> range_of(ir::ElementType element) {
  const auto all = [](auto number) {
    using Limits = std::numeric_limits<decltype(number)>;
    return std::pair<double, double>(Limits::lowest(), Limits::max());
  };
  switch (element) {
    case ir::ElementType::i1:
      return std::pair(0.0, 1.0);
    case ir::ElementType::i8:
      return all(int8_t{});
    case ir::ElementType::u8:
      return all(uint8_t{});
    case ir::ElementType::i16:
      return all(int16_t{});
    case ir::ElementType::i32:
      return all(int32_t{});
    case ir::ElementType::f32:
      return all(float{});
    default:
      return {};
  }
}

/// x in another type, what this cannot hold as the nearest that it can. As Keras does it: a border
/// that float32 has not is the next one inwards.
Expected<Tensor> cast_within(Tensor x, const DtypeArgument& dtype) {
  const auto from = range_of(x.type().element);
  const auto to = dtype.element ? range_of(*dtype.element) : std::nullopt;
  if (!from || !to) return wants("types of 32 bits or less, but float16");
  double low = std::max(from->first, to->first), high = std::min(from->second, to->second);
  if (is_float(x)) {
    const auto inwards = [](double border) {
      const auto nearest = static_cast<float>(border);
      return std::fabs(nearest) > std::fabs(border) ? std::nextafter(nearest, 0.0F) : nearest;
    };
    low = inwards(low);
    high = inwards(high);
  }
  KILN_ASSIGN(const Tensor clipped, clip_to(x, low, high));
  return cast(clipped, *dtype.element);
}

/// Numbers in place of NaN, then of inf, then of -inf, each of which may be the one before's;
/// without others, the largest ones.
Tensor nan_to_number(Tensor x, double nan, std::optional<double> posinf,
                     std::optional<double> neginf) {
  if (!is_float(x)) return x;
  const double largest = x.type().element == ir::ElementType::f64
                             ? std::numeric_limits<double>::max()
                         : x.type().element == ir::ElementType::f16
                             ? 65504.0
                             : static_cast<double>(std::numeric_limits<float>::max());
  const auto number = [&](double value) { return x.builder->constant(value, x.type()); };
  const double inf = std::numeric_limits<double>::infinity();
  Tensor y = select(is_nan(x), number(nan), x);
  y = select(compare(y, "EQ", inf), number(posinf.value_or(largest)), y);
  return select(compare(y, "EQ", -inf), number(neginf.value_or(-largest)), y);
}

/// sin(pi x) / (pi x), 1 at 0.
Tensor sinc(Tensor x) {
  const Tensor is_zero = compare(x, "EQ", 0.0);
  const Tensor angle = select(is_zero, x + 1.0, x) * kPi;
  return select(is_zero, x * 0.0 + 1.0, sine(angle) / angle);
}

void add_roots_and_logarithms(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Sqrt", "x", "the square root", [](Floats x) { return sqrt(x.x); });
  add("Rsqrt", "x", "1 / sqrt(x)", [](Floats x) { return rsqrt(x.x); });
  add("Cbrt", "x", "the cube root", [](Floats x) { return cbrt(x.x); });
  add("Square", "x", "x * x", [](Tensor x) { return square(as_number(x)); });
  add("Reciprocal", "x", "1 / x", [](Floats x) { return 1.0 / x.x; });
  add("Exp", "x", "e^x", [](Floats x) { return exp(x.x); });
  add("Exp2", "x", "2^x", [](Floats x) { return power(2.0, x.x); });
  add("Expm1", "x", "e^x - 1", [](Floats x) { return expm1(x.x); });
  add("Log", "x", "the natural logarithm", [](Floats x) { return log(x.x); });
  add("Log1p", "x", "log(1 + x)", [](Floats x) { return log1p(x.x); });
  add("Log2", "x", "the logarithm to base 2",
      [](Floats x) { return log(x.x) * (1 / std::numbers::ln2); });
  add("Log10", "x", "the logarithm to base 10",
      [](Floats x) { return log(x.x) * (1 / std::numbers::ln10); });
  add("Erf", "x", "the error function", [](Floats x) { return erf(x.x); });
}

void add_trigonometry(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Sin", "x", "the sine", [](Floats x) { return sine(x.x); });
  add("Cos", "x", "the cosine", [](Floats x) { return cosine(x.x); });
  add("Tan", "x", "the tangent", [](Floats x) { return tan(x.x); });
  add("Arcsin", "x", "the arc sine", [](Floats x) { return in_f32(x.x, arcsin); });
  add("Arccos", "x", "the arc cosine", [](Floats x) { return in_f32(x.x, arccos); });
  add("Arctan", "x", "the arc tangent", [](Floats x) { return in_f32(x.x, arctan); });
  add("Arctan2", "x1, x2", "the angle of the point (x2, x1)", [](FloatPair x) -> Expected<Tensor> {
    if (x.a.type().element != ir::ElementType::f32) return wants("float32");
    return arctan2(x.a, x.b);
  });
  add("Sinh", "x", "the hyperbolic sine", [](Floats x) { return sinh(x.x); });
  add("Cosh", "x", "the hyperbolic cosine", [](Floats x) { return cosh(x.x); });
  add("Tanh", "x", "the hyperbolic tangent", [](Floats x) { return tanh(x.x); });
  add("Arcsinh", "x", "the inverse of sinh", [](Floats x) { return arcsinh(x.x); });
  add("Arccosh", "x", "the inverse of cosh", [](Floats x) { return arccosh(x.x); });
  add("Arctanh", "x", "the inverse of tanh", [](Floats x) { return arctanh(x.x); });
  add("Sinc", "x", "sin(pi x) / (pi x)", [](Floats x) { return sinc(x.x); });
  add("Deg2rad", "x", "radians from degrees", [](Floats x) { return x.x * (kPi / 180); });
  add("Rad2deg", "x", "degrees from radians", [](Floats x) { return x.x * (180 / kPi); });
}

void add_rounding(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Floor", "x", "the largest whole number not above x", [](Floats x) { return floor(x.x); });
  add("Ceil", "x", "the smallest whole number not below x", [](Floats x) { return ceil(x.x); });
  add("Trunc", "x", "x without what is behind the point",
      [](Tensor x) { return is_float(x) ? select(compare(x, "LT", 0.0), ceil(x), floor(x)) : x; });
  add("Round", "x; decimals=0", "the nearest number with so many decimals, ties to even",
      [](Tensor x, int64_t decimals) { return round_to(x, decimals); });
  add("Clip", "x; x_min, x_max", "x between two borders",
      [](Tensor x, std::optional<double> low, std::optional<double> high) {
        return clip_to(x, low, high);
      });
  add("SaturateCast", "x; dtype", "x in another type, at most what that can hold",
      [](Tensor x, DtypeArgument dtype) { return cast_within(x, dtype); });
  add("NanToNum", "x; nan=0.0, posinf=None, neginf=None", "numbers in place of NaN and infinities",
      [](Tensor x, double nan, std::optional<double> posinf, std::optional<double> neginf) {
        return nan_to_number(x, nan, posinf, neginf);
      });
}

void add_signs(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("StopGradient", "variable", "x itself, through which no derivative goes",
      [](Tensor x) { return is_float(x) ? stop_gradient(x) : x; });
  add("Negative", "x", "-x", [](Tensor x) -> Expected<Tensor> {
    if (is_bool(x)) return wants("numbers; keras.ops.logical_not is for truth values");
    return -x;
  });
  const auto absolute = [](Tensor x) { return is_bool(x) ? x : abs(x); };
  add("Absolute", "x", "|x|", absolute);
  add("Abs", "x", "|x|", absolute);
  add("Fabs", "x", "|x|", [](Floats x) { return abs(x.x); });
  add("Sign", "x", "-1, 0 or 1", [](Tensor x) -> Expected<Tensor> {
    if (is_bool(x)) return wants("numbers, not truth values");
    return sign(x);
  });
  add("Signbit", "x", "whether x is below 0, or -0", [](Tensor x) {
    if (is_bool(x)) return none_holds(x);
    const Tensor below = compare(x, "LT", 0.0);
    if (!is_float(x)) return below;
    const Tensor negative_zero = logical_and(compare(x, "EQ", 0.0), compare(1.0 / x, "LT", 0.0));
    return logical_or(below, negative_zero);
  });
}

void add_classes_of_numbers(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Isfinite", "x", "whether x is neither infinite nor NaN",
      [](Tensor x) { return is_float(x) ? is_finite(x) : logical_not(none_holds(x)); });
  add("Isinf", "x", "whether x is infinite",
      [](Tensor x) { return is_float(x) ? is_infinite(x) : none_holds(x); });
  add("Isnan", "x", "whether x is NaN",
      [](Tensor x) { return is_float(x) ? is_nan(x) : none_holds(x); });
  add("Isposinf", "x", "whether x is infinity", [](Tensor x) {
    return is_float(x) ? logical_and(is_infinite(x), compare(x, "GT", 0.0)) : none_holds(x);
  });
  add("Isneginf", "x", "whether x is -infinity", [](Tensor x) {
    return is_float(x) ? logical_and(is_infinite(x), compare(x, "LT", 0.0)) : none_holds(x);
  });
  add("Isreal", "x", "true: kiln has no complex numbers",
      [](Tensor x) { return logical_not(none_holds(x)); });
  for (const char* name : {"Real", "Conjugate", "Conj"})
    add(name, "x", "x itself: kiln has no complex numbers", [](Tensor x) { return x; });
  add("Copy", "x", "x itself", [](Tensor x) { return x; });
}

}  // namespace

void add_functions(Definitions& table) {
  add_roots_and_logarithms(table);
  add_trigonometry(table);
  add_rounding(table);
  add_signs(table);
  add_classes_of_numbers(table);
}

}  // namespace kiln::keras
