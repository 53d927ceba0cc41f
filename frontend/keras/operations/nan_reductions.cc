// Reductions that pass NaN over.
#include <limits>
#include <string_view>

#include "frontend/keras/operations/list.h"
#include "frontend/keras/operations/reductions.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Tensor;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor is_nan(Tensor x) { return compare(x, "NE", x); }
/// x with that number in place of NaN; what is no float has none.
Tensor without_nan(Tensor x, double number) {
  return is_float(x) ? select(is_nan(x), x.builder->constant(number, x.type()), x) : x;
}
Tensor nan_like(Tensor x) {
  return x.builder->constant(std::numeric_limits<double>::quiet_NaN(), x.type());
}

/// The largest (maximum) or smallest number; NaN where there is none.
Expected<Tensor> nan_extreme(Tensor x, std::string_view reducer, const AxesArgument& axes,
                             bool keepdims) {
  const double least = reducer == "maximum" ? -kInfinity : kInfinity;
  KILN_ASSIGN(const Tensor y, extreme(without_nan(x, least), reducer, axes, keepdims, {}));
  KILN_ASSIGN(const Integers dimensions, axes.of(x));
  if (!is_float(x) || dimensions.empty()) return is_float(x) ? x : y;
  return select(reduce(is_nan(x), "and", dimensions, keepdims), nan_like(y), y);
}

/// Where it stands; -1 where there is none.
Expected<Tensor> nan_index(Tensor x, std::string_view reducer, std::optional<int64_t> axis,
                           bool keepdims) {
  const double least = reducer == "maximum" ? -kInfinity : kInfinity;
  KILN_ASSIGN(const Tensor index, index_of(without_nan(x, least), reducer, axis, keepdims));
  if (!is_float(x)) return index;
  Integers dimensions = all_dimensions(x.rank());
  if (axis) {
    KILN_ASSIGN(const int64_t dimension, dimension_of(*axis, x.rank()));
    dimensions = {dimension};
  }
  return select(reduce(is_nan(x), "and", dimensions, keepdims),
                index.builder->constant(-1, index.type()), index);
}

struct Average {
  Tensor mean;   ///< NaN where there is no number
  Tensor count;  ///< of numbers
};

Average nan_average(Tensor x, const Integers& dimensions, bool keepdims) {
  const Tensor is_number = convert(logical_not(is_nan(x)), x.type().element);
  const Tensor count = sum(is_number, dimensions, keepdims);
  return {sum(without_nan(x, 0), dimensions, keepdims) / count, count};
}

Expected<Tensor> nan_mean(Tensor x, const AxesArgument& axes, bool keepdims) {
  KILN_ASSIGN(const Integers dimensions, axes.of(x));
  return dimensions.empty() ? x : nan_average(x, dimensions, keepdims).mean;
}

Expected<Tensor> nan_variance(Tensor x, const AxesArgument& axes, bool keepdims) {
  KILN_ASSIGN(const Integers dimensions, axes.of(x));
  const Tensor mean = nan_average(x, dimensions, true).mean;
  const Tensor deviation = select(is_nan(x), x.builder->constant(0, x.type()), x - mean);
  const Tensor total = sum(square(deviation), dimensions, keepdims);
  const Tensor count = nan_average(x, dimensions, keepdims).count;
  const Tensor none = compare(count, "EQ", 0.0);
  return select(none, nan_like(total), total) / select(none, count + 1.0, count);
}

void add_nan_extremes(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Nanmax", "x; axis=None, keepdims=False", "the largest number along axes",
      [](Tensor x, AxesArgument axes, bool keepdims) {
        return nan_extreme(x, "maximum", axes, keepdims);
      });
  add("Nanmin", "x; axis=None, keepdims=False", "the smallest number along axes",
      [](Tensor x, AxesArgument axes, bool keepdims) {
        return nan_extreme(x, "minimum", axes, keepdims);
      });
  add("Nanargmax", "x; axis=None, keepdims=False", "the index of the first largest number",
      [](Tensor x, std::optional<int64_t> axis, bool keepdims) {
        return nan_index(x, "maximum", axis, keepdims);
      });
  add("Nanargmin", "x; axis=None, keepdims=False", "the index of the first smallest number",
      [](Tensor x, std::optional<int64_t> axis, bool keepdims) {
        return nan_index(x, "minimum", axis, keepdims);
      });
}

}  // namespace

void add_nan_reductions(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Nansum", "x; axis=None, keepdims=False", "the sum of the numbers along axes",
      [](Tensor x, AxesArgument axes, bool keepdims) {
        return sum_or_product(without_nan(x, 0), "add", axes, keepdims);
      });
  add("Nanprod", "x; axis=None, keepdims=False", "the product of the numbers along axes",
      [](Tensor x, AxesArgument axes, bool keepdims) {
        return sum_or_product(without_nan(x, 1), "multiply", axes, keepdims);
      });
  add("Nanmean", "x; axis=None, keepdims=False", "the mean of the numbers along axes",
      [](Floats x, AxesArgument axes, bool keepdims) { return nan_mean(x.x, axes, keepdims); });
  add("Nanvar", "x; axis=None, keepdims=False", "the variance of the numbers along axes",
      [](Floats x, AxesArgument axes, bool keepdims) { return nan_variance(x.x, axes, keepdims); });
  add("Nanstd", "x; axis=None, keepdims=False", "the standard deviation of the numbers along axes",
      [](Floats x, AxesArgument axes, bool keepdims) -> Expected<Tensor> {
        KILN_ASSIGN(const Tensor variance, nan_variance(x.x, axes, keepdims));
        return sqrt(variance);
      });
  add("Nancumsum", "x; axis=None, dtype=None", "the sum of the numbers up to each",
      [](Tensor x, std::optional<int64_t> axis, DtypeArgument dtype) {
        return cumulative(without_nan(x, 0), axis, dtype, false);
      });
  add("Nancumprod", "x; axis=None, dtype=None", "the product of the numbers up to each",
      [](Tensor x, std::optional<int64_t> axis, DtypeArgument dtype) {
        return cumulative(without_nan(x, 1), axis, dtype, true);
      });
  add_nan_extremes(table);
}

}  // namespace kiln::keras
