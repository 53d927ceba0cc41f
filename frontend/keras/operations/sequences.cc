// Diagonals, cross products and distances; differences, integrals and frames along a dimension; and
// numbers that are spread between two others.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/operations/list.h"
#include "ir/indexing.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Tensor;

/// The elements of a diagonal of two dimensions, as the last: in a plane of n columns, n + 1 apart.
Expected<Tensor> diagonal(Tensor x, int64_t offset, int64_t axis1, int64_t axis2) {
  KILN_ASSIGN(const Integers plane, dimensions_of({axis1, axis2}, x.rank()));
  Integers order = all_dimensions(x.rank());
  for (int64_t d : plane) order.erase(std::find(order.begin(), order.end(), d));
  order.insert(order.end(), plane.begin(), plane.end());
  const int64_t rows = extent(x, plane[0]), columns = extent(x, plane[1]);
  const int64_t first_row = std::max<int64_t>(-offset, 0),
                first_column = std::max<int64_t>(offset, 0);
  const int64_t count = std::min(rows - first_row, columns - first_column);
  if (count <= 0) {
    return Diagnostic{"", fmt::format("{} has no diagonal {}", show_shape(x.shape()), offset), ""};
  }
  x = transpose(x, order);
  ir::Shape shape(x.shape().begin(), x.shape().end() - 2);
  shape.push_back(rows * columns);
  const int64_t start = first_row * columns + first_column;
  return slice_along(reshape(x, shape), x.rank() - 2, start,
                     start + (count - 1) * (columns + 1) + 1, columns + 1);
}

/// Of vectors of three components, or two: the third is then 0, and of two such only it is left.
Expected<Tensor> cross(const Operand& x1, const Operand& x2, const std::array<int64_t, 3>& axes) {
  std::vector<Tensor> both = promote({x1, x2});
  if (is_bool(both[0])) return Diagnostic{"", "does not take truth values", ""};
  std::array<std::array<Tensor, 3>, 2> components;
  std::array<int64_t, 2> counts{};
  for (size_t i = 0; i < 2; ++i) {
    KILN_ASSIGN(const int64_t dimension, dimension_of(axes.at(i), both[i].rank()));
    counts.at(i) = extent(both[i], dimension);
    if (counts.at(i) != 2 && counts.at(i) != 3)
      return Diagnostic{"", "takes vectors of two or three components", ""};
    const int64_t last = both[i].rank() - 1;
    const Tensor x = transpose(both[i], moved(both[i].rank(), dimension, last));
    const ir::Shape shape(x.shape().begin(), x.shape().end() - 1);
    for (int64_t c = 0; c < 3; ++c) {
      components.at(i).at(static_cast<size_t>(c)) =
          c < counts.at(i) ? reshape(slice_along(x, last, c, c + 1), shape)
                           : x.builder->constant(0, x.type().with_shape(shape));
    }
  }
  const auto& [a, b] = components;
  KILN_ASSIGN(ir::Shape shape, common_shape(a[0].shape(), b[0].shape()));
  const Tensor third = a[0] * b[1] - a[1] * b[0];
  if (counts[0] == 2 && counts[1] == 2) return third;
  KILN_ASSIGN(const int64_t dimension,
              dimension_of(axes[2], static_cast<int64_t>(shape.size()) + 1));
  shape.insert(shape.begin() + dimension, 1);
  std::vector<Tensor> results;
  for (Tensor each : {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], third})
    results.push_back(reshape(each, shape));
  return concatenate(results, dimension);
}

/// The Euclidean distances of all vectors of x from all of y: [..., points of x, points of y].
Expected<Tensor> distances(Tensor x, Tensor y) {
  if (x.type().element != y.type().element)
    return Diagnostic{"", "takes points of one type", "convert them with keras.ops.cast"};
  if (x.rank() < 2 || y.rank() < 2 || x.shape().back() != y.shape().back())
    return Diagnostic{"", "takes points [..., points, features] of as many features", ""};
  ir::Shape left = x.shape(), right = y.shape();
  left.insert(left.end() - 1, 1);
  right.insert(right.end() - 2, 1);
  KILN_ASSIGN(const ir::Shape pairs, common_shape(left, right));
  KILN_TRY(check_size(pairs));
  const Tensor difference = reshape(x, left) - reshape(y, right);
  return sqrt(sum(square(difference), {static_cast<int64_t>(pairs.size()) - 1}));
}

Expected<Tensor> differences(Tensor x, int64_t times, int64_t axis) {
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis, x.rank()));
  const int64_t count = extent(x, dimension);
  if (times < 0 || times >= count)
    return Diagnostic{
        "", fmt::format("cannot take differences of {} elements {} times", count, times), ""};
  for (int64_t i = 0; i < times; ++i) {
    const int64_t n = extent(x, dimension);
    const Tensor after = slice_along(x, dimension, 1, n),
                 before = slice_along(x, dimension, 0, n - 1);
    x = is_bool(x) ? compare(after, "NE", before) : after - before;
  }
  return x;
}

/// The integral of the lines between elements that are dx apart.
Expected<Tensor> trapezoid(Tensor y, double dx, int64_t axis) {
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis, y.rank()));
  const int64_t n = extent(y, dimension);
  if (n < 1) return Diagnostic{"", "of no elements", ""};
  const Tensor total = sum(y, {dimension});
  const Tensor ends = slice_along(y, dimension, 0, 1) + slice_along(y, dimension, n - 1, n);
  return (total - reshape(ends, total.shape()) * 0.5) * dx;
}

/// [..., elements] to [..., frames, length]; frames begin `stride` apart.
Expected<Tensor> frames(Tensor x, int64_t length, int64_t stride) {
  KILN_ASSIGN(const int64_t last, dimension_of(-1, x.rank()));
  const int64_t room = extent(x, last) - length;
  if (length < 1 || stride < 1 || room < 0)
    return Diagnostic{"", fmt::format("{} elements hold no frame of {}", extent(x, last), length),
                      ""};
  const ir::Type places{ir::ElementType::i32, {room / stride + 1, length}};
  const Tensor start = x.builder->iota(places, 0) * static_cast<double>(stride);
  return take(x, start + x.builder->iota(places, 1), last);
}

/// `count` numbers from start to stop, along a new dimension: as Keras on JAX weighs the two.
Expected<Tensor> spread(const FloatPair& ends, int64_t count, bool endpoint, int64_t axis) {
  KILN_ASSIGN(const ir::Shape shape, common_shape(ends.a.shape(), ends.b.shape()));
  const auto rank = static_cast<int64_t>(shape.size());
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis, rank + 1));
  if (count < 1) return Diagnostic{"", fmt::format("num is {}", count), "it must be positive"};
  ir::Shape column = shape;
  column.insert(column.begin() + dimension, 1);
  const Tensor start = reshape(broadcast_to(ends.a, shape), column);
  const Tensor stop = reshape(broadcast_to(ends.b, shape), column);
  if (count == 1) return start;
  const int64_t steps = endpoint ? count - 1 : count;
  const ir::Shape whole = with_extent(column, dimension, steps);
  KILN_TRY(check_size(whole));
  const Tensor share =
      start.builder->iota(start.type().with_shape(whole), dimension) / static_cast<double>(steps);
  const Tensor numbers = start * (1.0 - share) + stop * share;
  return endpoint ? ir::concatenate({numbers, stop}, dimension) : numbers;
}

Expected<Tensor> in_type(Tensor x, const DtypeArgument& dtype) {
  if (!dtype.element || *dtype.element == x.type().element) return x;
  if (!ir::is_float(*dtype.element))
    return Diagnostic{"", "gives floats alone", "convert them with keras.ops.cast"};
  return convert(x, *dtype.element);
}

void add_spreads(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Linspace", "start, stop; num=50, endpoint=True, retstep=False, dtype=None, axis=0",
      "numbers as far from each other, from start to stop",
      [](FloatPair ends, int64_t count, bool endpoint, bool retstep, DtypeArgument dtype,
         int64_t axis) -> Expected<Tensor> {
        if (retstep) return Diagnostic{"", "retstep is not supported", ""};
        KILN_ASSIGN(const Tensor numbers, spread(ends, count, endpoint, axis));
        return in_type(numbers, dtype);
      });
  add("Logspace", "start, stop; num=50, endpoint=True, base=10, dtype=None, axis=0",
      "powers of a base, from base^start to base^stop",
      [](FloatPair ends, int64_t count, bool endpoint, double base, DtypeArgument dtype,
         int64_t axis) -> Expected<Tensor> {
        KILN_ASSIGN(const Tensor numbers, spread(ends, count, endpoint, axis));
        return in_type(power(base, numbers), dtype);
      });
}

}  // namespace

void add_sequences(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Diagonal", "x; offset=0, axis1=0, axis2=1", "the elements of a diagonal, as the last axis",
      [](Tensor x, int64_t offset, int64_t axis1, int64_t axis2) {
        return diagonal(x, offset, axis1, axis2);
      });
  add("Cross", "x1, x2; axisa=-1, axisb=-1, axisc=-1, axis=None", "the cross product of vectors",
      [](Operand x1, Operand x2, int64_t axisa, int64_t axisb, int64_t axisc,
         std::optional<int64_t> axis) {
        return cross(x1, x2, {axis.value_or(axisa), axis.value_or(axisb), axis.value_or(axisc)});
      });
  add("CDist", "x, y", "the distances of all points of x from all of y",
      [](Floats x, Floats y) { return distances(x.x, y.x); });
  add("Diff", "a; n=1, axis=-1", "differences of neighbours along an axis",
      [](Tensor x, int64_t n, int64_t axis) { return differences(x, n, axis); });
  add("Trapezoid", "y; x=None, dx=1.0, axis=-1", "the integral along an axis",
      [](Floats y, AnyArgument x, double dx, int64_t axis) -> Expected<Tensor> {
        if (!x.json->is_null()) return Diagnostic{"", "x is not supported", "dx is"};
        return trapezoid(y.x, dx, axis);
      });
  add("ExtractSequences", "x; sequence_length, sequence_stride",
      "frames of so many elements along the last axis",
      [](Tensor x, int64_t length, int64_t stride) { return frames(x, length, stride); });
  add_spreads(table);
}

}  // namespace kiln::keras
