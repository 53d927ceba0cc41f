// Operations that change a tensor's shape and move its elements.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Tensor;

/// In another shape, one of whose extents may be -1: what is left.
Expected<Tensor> reshape_to(Tensor x, ir::Shape shape) {
  const auto open = std::find(shape.begin(), shape.end(), -1);
  int64_t known = 1;
  bool fits = std::count(shape.begin(), shape.end(), -1) <= 1;
  for (int64_t extent : shape) {
    fits = fits && (extent >= 0 || extent == -1);
    if (extent != -1) known *= extent;
  }
  const int64_t count = x.type().count();
  fits = fits && (open == shape.end() ? known == count : known > 0 && count % known == 0);
  if (!fits) {
    return Diagnostic{
        "",
        fmt::format("cannot give {} the shape ({})", show_shape(x.shape()), fmt::join(shape, ", ")),
        "one extent may be -1, which stands for what is left; the batch is one such"};
  }
  if (open != shape.end()) *open = count / known;
  return reshape(x, std::move(shape));
}

Expected<Tensor> expand(Tensor x, const IntegerList& axes) {
  const int64_t rank = x.rank() + static_cast<int64_t>(axes.values.size());
  KILN_ASSIGN(Integers dimensions, dimensions_of(axes.values, rank));
  std::sort(dimensions.begin(), dimensions.end());
  ir::Shape shape = x.shape();
  for (int64_t d : dimensions) shape.insert(shape.begin() + d, 1);
  return reshape(x, std::move(shape));
}

Expected<Tensor> squeeze(Tensor x, const AxesArgument& axes) {
  Integers dimensions;
  if (axes.axes) {
    KILN_ASSIGN(dimensions, axes.of(x));
  } else {
    for (int64_t d = 0; d < x.rank(); ++d) {
      if (extent(x, d) == 1) dimensions.push_back(d);
    }
  }
  ir::Shape shape = x.shape();
  for (auto d = dimensions.rbegin(); d != dimensions.rend(); ++d) {
    if (extent(x, *d) != 1) {
      return Diagnostic{
          "", fmt::format("axis {} of {} has not an extent of 1", *d, show_shape(x.shape())), ""};
    }
    shape.erase(shape.begin() + *d);
  }
  return reshape(x, std::move(shape));
}

Expected<Tensor> transpose_by(Tensor x, const std::optional<IntegerList>& axes) {
  Integers order = all_dimensions(x.rank());
  std::reverse(order.begin(), order.end());
  if (axes) {
    KILN_ASSIGN(order, dimensions_of(axes->values, x.rank()));
    if (static_cast<int64_t>(order.size()) != x.rank())
      return Diagnostic{"",
                        fmt::format("axes ({}) are not those of a tensor of rank {}",
                                    fmt::join(axes->values, ", "), x.rank()),
                        ""};
  }
  return transpose(x, std::move(order));
}

Expected<Tensor> swap_axes(Tensor x, int64_t axis1, int64_t axis2) {
  KILN_ASSIGN(const int64_t a, dimension_of(axis1, x.rank()));
  KILN_ASSIGN(const int64_t b, dimension_of(axis2, x.rank()));
  Integers order = all_dimensions(x.rank());
  std::swap(order.at(static_cast<size_t>(a)), order.at(static_cast<size_t>(b)));
  return transpose(x, std::move(order));
}

Expected<Tensor> move_axes(Tensor x, const IntegerList& source, const IntegerList& destination) {
  KILN_ASSIGN(const Integers from, dimensions_of(source.values, x.rank()));
  KILN_ASSIGN(const Integers to, dimensions_of(destination.values, x.rank()));
  if (from.size() != to.size())
    return Diagnostic{"", "source and destination must be as many axes", ""};
  Integers order(x.shape().size(), -1);
  for (size_t i = 0; i < from.size(); ++i) order.at(static_cast<size_t>(to[i])) = from[i];
  int64_t next = 0;
  for (int64_t& d : order) {
    if (d >= 0) continue;
    while (std::find(from.begin(), from.end(), next) != from.end()) ++next;
    d = next++;
  }
  return transpose(x, std::move(order));
}

/// All in one type, with shapes that agree but along that dimension.
Expected<Tensor> join(const std::vector<Operand>& operands, int64_t axis) {
  const std::vector<Tensor> pieces = promote(operands);
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis, pieces[0].rank()));
  for (const Tensor& piece : pieces) {
    const bool fits =
        piece.rank() == pieces[0].rank() &&
        with_extent(piece.shape(), dimension, 0) == with_extent(pieces[0].shape(), dimension, 0);
    if (fits) continue;
    return Diagnostic{"",
                      fmt::format("{} and {} do not fit along axis {}",
                                  show_shape(pieces[0].shape()), show_shape(piece.shape()), axis),
                      ""};
  }
  return concatenate(pieces, dimension);
}

/// Each with at least so many dimensions: at the front, or as NumPy does for dstack.
std::vector<Operand> with_rank(std::vector<Operand> operands, int64_t rank) {
  for (Operand& operand : operands) {
    ir::Shape shape = operand.shape();
    while (static_cast<int64_t>(shape.size()) < rank) {
      // dstack appends the third dimension.
      if (shape.size() == 2)
        shape.push_back(1);
      else
        shape.insert(shape.begin(), 1);
    }
    operand.tensor = reshape(operand.tensor, std::move(shape));
  }
  return operands;
}

Expected<Tensor> stack(std::vector<Operand> operands, int64_t axis) {
  const ir::Shape shape = operands[0].shape();
  for (Operand& operand : operands) {
    if (operand.shape() != shape)
      return Diagnostic{"",
                        fmt::format("{} and {} are not of one shape", show_shape(shape),
                                    show_shape(operand.shape())),
                        ""};
    KILN_ASSIGN(operand.tensor, expand(operand.tensor, {{axis}}));
  }
  return join(operands, axis);
}

/// Pieces that end at those places; the last ends with x.
Expected<Tensors> split_at(Tensor x, int64_t dimension, const Integers& places) {
  Tensors pieces;
  const int64_t count = extent(x, dimension);
  int64_t start = 0;
  for (size_t i = 0; i <= places.size(); ++i) {
    int64_t limit = i < places.size() ? places[i] : count;
    if (limit < 0) limit += count;
    limit = std::clamp<int64_t>(limit, 0, count);
    // As Python's slices: nothing where the end comes before the start.
    pieces.push_back(slice_along(x, dimension, std::min(start, limit), limit));
    start = limit;
  }
  return pieces;
}

Expected<Tensors> split(Tensor x, const IntegerList& parts, int64_t axis, bool even) {
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis, x.rank()));
  if (parts.is_list) return split_at(x, dimension, parts.values);
  const int64_t count = extent(x, dimension), sections = parts.values[0];
  if (sections <= 0 || (even && count % sections != 0)) {
    return Diagnostic{"",
                      fmt::format("cannot cut {} into {} equal parts along axis {}",
                                  show_shape(x.shape()), sections, axis),
                      ""};
  }
  Integers places;
  for (int64_t i = 1; i < sections; ++i)
    places.push_back(i * (count / sections) + std::min(i, count % sections));
  return split_at(x, dimension, places);
}

Expected<Tensor> tile(Tensor x, IntegerList repeats) {
  ir::Shape shape = x.shape();
  Integers& counts = repeats.values;
  while (counts.size() < shape.size()) counts.insert(counts.begin(), 1);
  while (shape.size() < counts.size()) shape.insert(shape.begin(), 1);
  // Each dimension becomes two: which copy, and where in it.
  ir::Shape once, copies, result;
  Integers places;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (counts[d] < 0) return Diagnostic{"", "a negative number of repeats", ""};
    places.push_back(static_cast<int64_t>(copies.size()) + 1);
    copies.insert(copies.end(), {counts[d], shape[d]});
    result.push_back(counts[d] * shape[d]);
  }
  KILN_TRY(check_size(result));
  return reshape(broadcast_in_dim(reshape(x, shape), copies, places), result);
}

/// Each element so many times, one number for all.
Expected<Tensor> repeat(Tensor x, const IntegerList& repeats, std::optional<int64_t> axis) {
  if (!axis) x = reshape(x, {x.type().count()});
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis.value_or(0), x.rank()));
  const int64_t count = extent(x, dimension);
  const Integers& counts = repeats.values;
  const bool one = counts.size() == 1;
  if (!one && static_cast<int64_t>(counts.size()) != count)
    return Diagnostic{
        "", fmt::format("{} numbers of repeats for {} elements", counts.size(), count), ""};
  if (std::any_of(counts.begin(), counts.end(), [](int64_t n) { return n < 0; }))
    return Diagnostic{"", "a negative number of repeats", ""};
  if (one) {
    ir::Shape copies = x.shape();
    copies.insert(copies.begin() + dimension + 1, counts[0]);
    KILN_TRY(check_size(copies));
    Integers places = all_dimensions(x.rank());
    for (int64_t& d : places) d += d > dimension ? 1 : 0;
    return reshape(broadcast_in_dim(x, copies, places),
                   with_extent(x.shape(), dimension, count * counts[0]));
  }
  std::vector<Tensor> pieces;
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t n = 0; n < counts[static_cast<size_t>(i)]; ++n)
      pieces.push_back(slice_along(x, dimension, i, i + 1));
  }
  if (pieces.empty()) return slice_along(x, dimension, 0, 0);
  return concatenate(pieces, dimension);
}

/// Each dimension moved on by its shift, what leaves at one end entering at the other.
Expected<Tensor> roll(Tensor x, const IntegerList& shifts, const std::optional<IntegerList>& axes) {
  if (!axes) {
    KILN_ASSIGN(const Tensor flat, roll(reshape(x, {x.type().count()}), shifts, IntegerList{{0}}));
    return reshape(flat, x.shape());
  }
  const size_t steps = std::max(shifts.values.size(), axes->values.size());
  const auto at = [](const Integers& list, size_t i) {
    return list.size() == 1 ? list[0] : list.at(i);
  };
  if ((shifts.values.size() != steps && shifts.values.size() != 1) ||
      (axes->values.size() != steps && axes->values.size() != 1))
    return Diagnostic{"", "shift and axis must be as many", ""};
  for (size_t i = 0; i < steps; ++i) {
    KILN_ASSIGN(const int64_t dimension, dimension_of(at(axes->values, i), x.rank()));
    const int64_t count = extent(x, dimension);
    if (count == 0) continue;
    const int64_t shift = ((at(shifts.values, i) % count) + count) % count;
    if (shift == 0) continue;
    x = ir::concatenate({slice_along(x, dimension, count - shift, count),
                         slice_along(x, dimension, 0, count - shift)},
                        dimension);
  }
  return x;
}

Expected<Tensor> flip(Tensor x, const AxesArgument& axes) {
  KILN_ASSIGN(Integers dimensions, axes.of(x));
  return dimensions.empty() ? x : reverse(x, std::move(dimensions));
}

Expected<Tensor> flip_along(Tensor x, int64_t axis) { return flip(x, {Integers{axis}}); }

Expected<Tensor> rotate(Tensor x, int64_t k, const IntegerList& axes) {
  KILN_ASSIGN(const Integers plane, dimensions_of(axes.values, x.rank()));
  if (plane.size() != 2) return Diagnostic{"", "axes must be two", ""};
  k = ((k % 4) + 4) % 4;
  if (k == 2) return reverse(x, plane);
  if (k == 0) return x;
  const Tensor first = k == 1 ? reverse(x, {plane[1]}) : x;
  KILN_ASSIGN(const Tensor turned, swap_axes(first, plane[0], plane[1]));
  return k == 1 ? turned : reverse(turned, {plane[1]});
}

Expected<Tensor> broadcast(Tensor x, const IntegerList& shape) {
  KILN_ASSIGN(const ir::Shape common, common_shape(x.shape(), shape.values));
  if (common != shape.values) {
    return Diagnostic{"",
                      fmt::format("{} does not broadcast to ({})", show_shape(x.shape()),
                                  fmt::join(shape.values, ", ")),
                      ""};
  }
  KILN_TRY(check_size(common));
  return broadcast_to(x, common);
}

void add_reshaping(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Reshape", "x; newshape", "the same elements in another shape; -1 is what is left",
      [](Tensor x, IntegerList shape) { return reshape_to(x, std::move(shape.values)); });
  add("Ravel", "x", "all elements in one dimension",
      [](Tensor x) { return reshape(x, {x.type().count()}); });
  add("ExpandDims", "x; axis", "with further dimensions of extent 1",
      [](Tensor x, IntegerList axes) { return expand(x, axes); });
  add("Squeeze", "x; axis=None", "without dimensions of extent 1",
      [](Tensor x, AxesArgument axes) { return squeeze(x, axes); });
  add("Transpose", "x; axes=None", "dimensions in another order; without axes, in reverse",
      [](Tensor x, std::optional<IntegerList> axes) { return transpose_by(x, axes); });
  add("Swapaxes", "x; axis1, axis2", "two dimensions change places",
      [](Tensor x, int64_t axis1, int64_t axis2) { return swap_axes(x, axis1, axis2); });
  add("Moveaxis", "x; source, destination", "dimensions move to other places",
      [](Tensor x, IntegerList source, IntegerList destination) {
        return move_axes(x, source, destination);
      });
  add("BroadcastTo", "x; shape", "repeated into a larger shape",
      [](Tensor x, IntegerList shape) { return broadcast(x, shape); });
}

void add_joining(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Concatenate", "xs; axis=0", "tensors one after the other",
      [](std::vector<Operand> xs, int64_t axis) { return join(xs, axis); });
  add("Append", "x1, x2; axis=None", "x2 after x1",
      [](Operand x1, Operand x2, std::optional<int64_t> axis) -> Expected<Tensor> {
        if (axis) return join({x1, x2}, *axis);
        x1.tensor = reshape(x1.tensor, {x1.tensor.type().count()});
        x2.tensor = reshape(x2.tensor, {x2.tensor.type().count()});
        return join({x1, x2}, 0);
      });
  add("Stack", "x; axis=0", "tensors along a new dimension",
      [](std::vector<Operand> x, int64_t axis) { return stack(std::move(x), axis); });
  add("Hstack", "xs", "tensors one after the other along axis 1, vectors along axis 0",
      [](std::vector<Operand> xs) {
        xs = with_rank(std::move(xs), 1);
        return join(xs, xs[0].tensor.rank() == 1 ? 0 : 1);
      });
  add("Vstack", "xs", "tensors one after the other along axis 0",
      [](std::vector<Operand> xs) { return join(with_rank(std::move(xs), 2), 0); });
  add("Dstack", "xs", "tensors one after the other along axis 2",
      [](std::vector<Operand> xs) { return join(with_rank(std::move(xs), 3), 2); });
  add("Split", "x; indices_or_sections, axis=0", "equal parts, or parts that end at indices",
      [](Tensor x, IntegerList parts, int64_t axis) { return split(x, parts, axis, true); });
  add("ArraySplit", "x; indices_or_sections, axis=0", "parts, the first ones perhaps longer",
      [](Tensor x, IntegerList parts, int64_t axis) { return split(x, parts, axis, false); });
  add("Hsplit", "x; indices_or_sections", "parts along axis 1, of vectors along axis 0",
      [](Tensor x, IntegerList parts) { return split(x, parts, x.rank() == 1 ? 0 : 1, true); });
  add("Vsplit", "x; indices_or_sections", "parts along axis 0",
      [](Tensor x, IntegerList parts) { return split(x, parts, 0, true); });
  add("Dsplit", "x; indices_or_sections", "parts along axis 2",
      [](Tensor x, IntegerList parts) { return split(x, parts, 2, true); });
  add("Unstack", "x; num=None, axis=0", "the slices along a dimension",
      [](Tensor x, std::optional<int64_t> num, int64_t axis) -> Expected<Tensors> {
        KILN_ASSIGN(const int64_t dimension, dimension_of(axis, x.rank()));
        if (num && *num != extent(x, dimension))
          return Diagnostic{"", fmt::format("num {} is not the extent of axis {}", *num, axis), ""};
        Tensors slices;
        for (int64_t i = 0; i < extent(x, dimension); ++i) {
          KILN_ASSIGN(slices.emplace_back(),
                      squeeze(slice_along(x, dimension, i, i + 1), {Integers{dimension}}));
        }
        return slices;
      });
}

void add_repeating(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Tile", "x; repeats", "the tensor several times along its dimensions",
      [](Tensor x, IntegerList repeats) { return tile(x, std::move(repeats)); });
  add("Repeat", "x; repeats, axis=None", "each element several times",
      [](Tensor x, IntegerList repeats, std::optional<int64_t> axis) {
        return repeat(x, repeats, axis);
      });
  add("Flip", "x; axis=None", "elements in reverse order along axes",
      [](Tensor x, AxesArgument axes) { return flip(x, axes); });
  add("Fliplr", "x", "elements in reverse order along axis 1",
      [](Tensor x) { return flip_along(x, 1); });
  add("Flipud", "x", "elements in reverse order along axis 0",
      [](Tensor x) { return flip_along(x, 0); });
  add("Roll", "x; shift, axis=None", "elements moved on, round the end",
      [](Tensor x, IntegerList shift, std::optional<IntegerList> axis) {
        return roll(x, shift, axis);
      });
  add("Rot90", "array; k=1, axes=[0, 1]", "a plane turned by quarters",
      [](Tensor x, int64_t k, IntegerList axes) { return rotate(x, k, axes); });
}

}  // namespace

void add_shapes(Definitions& table) {
  add_reshaping(table);
  add_joining(table);
  add_repeating(table);
}

}  // namespace kiln::keras
