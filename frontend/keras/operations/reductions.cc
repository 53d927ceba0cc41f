// Sums, extremes and the like along dimensions.
#include "frontend/keras/operations/reductions.h"

#include <cmath>
#include <string>

#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Tensor;

constexpr auto kI32 = ir::ElementType::i32;

/// What Keras adds up in: truth values and narrow integers in int32.
Expected<Tensor> wide(Tensor x) {
  switch (x.type().element) {
    case ir::ElementType::i1:
    case ir::ElementType::i8:
    case ir::ElementType::i16:
      return convert(x, kI32);
    case ir::ElementType::u8:
      return Diagnostic{"", "gives uint32 for uint8, which is not supported",
                        "cast its operand to int32"};
    default:
      return x;
  }
}

Tensor reduce_along(Tensor x, std::string_view reducer, Integers dimensions, bool keepdims) {
  return dimensions.empty() ? x : reduce(x, reducer, std::move(dimensions), keepdims);
}

}  // namespace

Expected<Tensor> sum_or_product(Tensor x, std::string_view reducer, const AxesArgument& axes,
                                bool keepdims) {
  KILN_ASSIGN(const Tensor numbers, wide(x));
  KILN_ASSIGN(Integers dimensions, axes.of(x));
  return reduce_along(numbers, reducer, std::move(dimensions), keepdims);
}

namespace {

Expected<Tensor> any_or_all(Tensor x, std::string_view reducer, const AxesArgument& axes,
                            bool keepdims) {
  KILN_ASSIGN(Integers dimensions, axes.of(x));
  return reduce_along(as_bool(x), reducer, std::move(dimensions), keepdims);
}

int64_t count_of(Tensor x, const Integers& dimensions) {
  int64_t count = 1;
  for (int64_t d : dimensions) count *= extent(x, d);
  return count;
}

/// x in at least f32, as Keras takes means.
Tensor wide_float(Tensor x) {
  return x.type().element == ir::ElementType::f64 ? x : convert(x, ir::ElementType::f32);
}
ir::ElementType float_of(Tensor x) { return is_float(x) ? x.type().element : ir::ElementType::f32; }

Tensor mean_along(Tensor x, const Integers& dimensions, bool keepdims) {
  return dimensions.empty() ? x : mean(x, dimensions, keepdims);
}

Expected<Tensor> mean_of(Tensor x, const AxesArgument& axes, bool keepdims) {
  KILN_ASSIGN(const Integers dimensions, axes.of(x));
  return convert(mean_along(wide_float(x), dimensions, keepdims), float_of(x));
}

Tensor variance_along(Tensor x, const Integers& dimensions, bool keepdims) {
  return mean_along(square(x - mean_along(x, dimensions, true)), dimensions, keepdims);
}

Expected<Tensor> variance_of(Tensor x, const AxesArgument& axes, bool keepdims) {
  KILN_ASSIGN(const Integers dimensions, axes.of(x));
  return convert(variance_along(wide_float(x), dimensions, keepdims), float_of(x));
}

}  // namespace

Expected<Tensor> extreme(Tensor x, std::string_view reducer, const AxesArgument& axes,
                         bool keepdims, const std::optional<Operand>& initial) {
  KILN_ASSIGN(const Integers dimensions, axes.of(x));
  if (!initial && count_of(x, dimensions) == 0) return Diagnostic{"", "of no elements", ""};
  const std::string_view logic = reducer == "maximum" ? "or" : "and";
  const Tensor y = reduce_along(x, is_bool(x) ? logic : reducer, dimensions, keepdims);
  if (!initial) return y;
  KILN_ASSIGN(const Pair pair, promote({y}, *initial));
  return reducer == "maximum" ? maximum(pair.b, pair.a) : minimum(pair.b, pair.a);
}

namespace {

/// The index of the first largest element (GE) or smallest; NaN is either.
Tensor first_index(Tensor x, std::string_view reducer, int64_t dimension) {
  const Tensor best = reduce(x, reducer, {dimension}, true);
  Tensor is_best = compare(x, "EQ", broadcast_to(best, x.shape()));
  if (is_float(x)) is_best = logical_or(is_best, compare(x, "NE", x));
  const ir::Type type = x.type().with_element(kI32);
  const Tensor index = x.builder->iota(type, dimension);
  const Tensor beyond = x.builder->constant(static_cast<double>(extent(x, dimension)), type);
  return reduce(select(is_best, index, beyond), "minimum", {dimension});
}

}  // namespace

Expected<Tensor> index_of(Tensor x, std::string_view reducer, std::optional<int64_t> axis,
                          bool keepdims) {
  if (is_bool(x)) x = convert(x, kI32);
  ir::Shape kept(x.shape().size(), 1);
  int64_t dimension = 0;
  if (axis) {
    KILN_ASSIGN(dimension, dimension_of(*axis, x.rank()));
    kept = with_extent(x.shape(), dimension, 1);
  } else {
    x = reshape(x, {x.type().count()});
  }
  if (extent(x, dimension) == 0) return Diagnostic{"", "of no elements", ""};
  const Tensor index = first_index(x, reducer, dimension);
  return keepdims ? reshape(index, kept) : index;
}

namespace {

Expected<Tensor> log_sum_exp(Tensor x, const AxesArgument& axes, bool keepdims) {
  KILN_ASSIGN(const Integers dimensions, axes.of(x));
  if (dimensions.empty()) return x;
  const Tensor shift = shift_of(reduce(x, "maximum", dimensions, true));
  const Tensor y = log(sum(exp(x - shift), dimensions, true)) + shift;
  return keepdims ? y : reshape(y, reduce(x, "maximum", dimensions).shape());
}

}  // namespace

/// Of 2, then 4, 8, ... elements.
Tensor accumulate(Tensor x, int64_t dimension, bool product) {
  const auto d = static_cast<size_t>(dimension);
  const int64_t count = extent(x, dimension);
  for (int64_t step = 1; step < count; step *= 2) {
    Integers low(x.shape().size(), 0), high(x.shape().size(), 0);
    low.at(d) = step;
    high.at(d) = -step;
    const Tensor before = pad(x, product ? 1 : 0, low, high);
    x = product ? x * before : x + before;
  }
  return x;
}

Expected<Tensor> cumulative(Tensor x, std::optional<int64_t> axis, const DtypeArgument& dtype,
                            bool product) {
  // Keras keeps narrow integers here, but for truth values.
  if (is_bool(x)) x = convert(x, kI32);
  if (dtype.element) x = cast(x, *dtype.element);
  if (is_bool(x)) return Diagnostic{"", "in bool is not supported", ""};
  if (!axis) return accumulate(reshape(x, {x.type().count()}), 0, product);
  KILN_ASSIGN(const int64_t dimension, dimension_of(*axis, x.rank()));
  return accumulate(x, dimension, product);
}

namespace {

Expected<Tensor> average(Tensor x, const AxesArgument& axes,
                         const std::optional<Operand>& weights) {
  if (!weights) return mean_of(x, axes, false);
  const PromotedType types[] = {{x.type().element}, weights->type(), kAnyFloat};
  const ir::ElementType element = result_type(types);
  const Tensor y = cast(x, element);
  Tensor w = cast(weights->tensor, element);
  KILN_ASSIGN(const Integers dimensions, axes.of(x));
  if (w.shape() != x.shape()) {
    if (w.rank() != 1 || dimensions.size() != 1 || w.shape()[0] != extent(x, dimensions[0])) {
      return Diagnostic{"",
                        "weights of shape " + show_shape(w.shape()) + " do not fit a tensor of " +
                            show_shape(x.shape()),
                        "they have the tensor's shape, or its extent along one axis"};
    }
    w = broadcast_in_dim(w, x.shape(), {dimensions[0]});
  }
  return sum(y * w, dimensions) / sum(w, dimensions);
}

void add_sums(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Sum", "x; axis=None, keepdims=False", "the sum along axes",
      [](Tensor x, AxesArgument axes, bool keepdims) {
        return sum_or_product(x, "add", axes, keepdims);
      });
  add("Prod", "x; axis=None, keepdims=False, dtype=None", "the product along axes",
      [](Tensor x, AxesArgument axes, bool keepdims, DtypeArgument dtype) {
        return sum_or_product(dtype.element ? cast(x, *dtype.element) : x, "multiply", axes,
                              keepdims);
      });
  add("Mean", "x; axis=None, keepdims=False", "the mean along axes",
      [](Tensor x, AxesArgument axes, bool keepdims) { return mean_of(x, axes, keepdims); });
  add("Average", "x, weights=None; axis=None", "the weighted mean along axes",
      [](Tensor x, std::optional<Operand> weights, AxesArgument axes) {
        return average(x, axes, weights);
      });
  add("Var", "x; axis=None, keepdims=False", "the variance along axes",
      [](Tensor x, AxesArgument axes, bool keepdims) { return variance_of(x, axes, keepdims); });
  add("Std", "x; axis=None, keepdims=False", "the standard deviation along axes",
      [](Tensor x, AxesArgument axes, bool keepdims) -> Expected<Tensor> {
        KILN_ASSIGN(const Tensor variance, variance_of(x, axes, keepdims));
        return sqrt(variance);
      });
  add("Moments", "x; axes, keepdims=False, synchronized=False", "mean and variance along axes",
      [](Floats x, AxesArgument axes, bool keepdims, bool synchronized) -> Expected<Tensors> {
        if (synchronized) return Diagnostic{"", "synchronized is not supported", ""};
        KILN_ASSIGN(const Tensor mean, mean_of(x.x, axes, keepdims));
        KILN_ASSIGN(const Tensor variance, variance_of(x.x, axes, keepdims));
        return Tensors{mean, variance};
      });
  add("Logsumexp", "x; axis=None, keepdims=False", "log(sum(e^x)) along axes",
      [](Floats x, AxesArgument axes, bool keepdims) { return log_sum_exp(x.x, axes, keepdims); });
  add("Cumsum", "x; axis=None, dtype=None", "the sums of the elements up to each",
      [](Tensor x, std::optional<int64_t> axis, DtypeArgument dtype) {
        return cumulative(x, axis, dtype, false);
      });
  add("Cumprod", "x; axis=None, dtype=None", "the products of the elements up to each",
      [](Tensor x, std::optional<int64_t> axis, DtypeArgument dtype) {
        return cumulative(x, axis, dtype, true);
      });
}

void add_truths(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Any", "x; axis=None, keepdims=False", "whether one element holds, or is not 0",
      [](Tensor x, AxesArgument axes, bool keepdims) {
        return any_or_all(x, "or", axes, keepdims);
      });
  add("All", "x; axis=None, keepdims=False", "whether all elements hold",
      [](Tensor x, AxesArgument axes, bool keepdims) {
        return any_or_all(x, "and", axes, keepdims);
      });
  add("CountNonzero", "x; axis=None", "how many elements are not 0",
      [](Tensor x, AxesArgument axes) {
        return sum_or_product(convert(as_bool(x), kI32), "add", axes, false);
      });
}

void add_extremes(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Max", "x; axis=None, keepdims=False, initial=None", "the largest element along axes",
      [](Tensor x, AxesArgument axes, bool keepdims, std::optional<Operand> initial) {
        return extreme(x, "maximum", axes, keepdims, initial);
      });
  add("Min", "x; axis=None, keepdims=False, initial=None", "the smallest element along axes",
      [](Tensor x, AxesArgument axes, bool keepdims, std::optional<Operand> initial) {
        return extreme(x, "minimum", axes, keepdims, initial);
      });
  add("Amax", "x; axis=None, keepdims=False", "the largest element along axes",
      [](Tensor x, AxesArgument axes, bool keepdims) {
        return extreme(x, "maximum", axes, keepdims, {});
      });
  add("Amin", "x; axis=None, keepdims=False", "the smallest element along axes",
      [](Tensor x, AxesArgument axes, bool keepdims) {
        return extreme(x, "minimum", axes, keepdims, {});
      });
  add("Ptp", "x; axis=None, keepdims=False", "the largest element less the smallest",
      [](Tensor x, AxesArgument axes, bool keepdims) -> Expected<Tensor> {
        if (is_bool(x)) return Diagnostic{"", "does not take truth values", ""};
        KILN_ASSIGN(const Tensor largest, extreme(x, "maximum", axes, keepdims, {}));
        KILN_ASSIGN(const Tensor smallest, extreme(x, "minimum", axes, keepdims, {}));
        return largest - smallest;
      });
  add("Argmax", "x; axis=None, keepdims=False", "the index of the first largest element",
      [](Tensor x, std::optional<int64_t> axis, bool keepdims) {
        return index_of(x, "maximum", axis, keepdims);
      });
  add("Argmin", "x; axis=None, keepdims=False", "the index of the first smallest element",
      [](Tensor x, std::optional<int64_t> axis, bool keepdims) {
        return index_of(x, "minimum", axis, keepdims);
      });
}

}  // namespace

void add_reductions(Definitions& table) {
  add_sums(table);
  add_truths(table);
  add_extremes(table);
}

}  // namespace kiln::keras
