#include "frontend/keras/operations/operands.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "ir/indexing.h"

namespace kiln::keras {

using ir::Tensor;

Tensor cast(Tensor x, ir::ElementType element) {
  if (element == ir::ElementType::i1 && !is_bool(x)) return compare(x, "NE", 0.0);
  return convert(x, element);
}

Tensor as_float(Tensor x) { return is_float(x) ? x : convert(x, ir::ElementType::f32); }
Tensor as_bool(Tensor x) { return cast(x, ir::ElementType::i1); }

Expected<ir::Shape> common_shape(const ir::Shape& a, const ir::Shape& b) {
  ir::Shape shape(std::max(a.size(), b.size()));
  for (size_t i = 0; i < shape.size(); ++i) {
    const int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) {
      return Diagnostic{"", fmt::format("{} and {} do not broadcast", show_shape(a), show_shape(b)),
                        ""};
    }
    shape[shape.size() - 1 - i] = x == 1 ? y : x;
  }
  return shape;
}

Expected<Pair> promote(const Operand& a, const Operand& b, std::optional<PromotedType> least) {
  KILN_ASSIGN(const ir::Shape shape, common_shape(a.shape(), b.shape()));
  KILN_TRY(check_size(shape));
  const PromotedType types[] = {a.type(), b.type(), least.value_or(a.type())};
  const ir::ElementType element = result_type(types);
  return Pair{cast(a.tensor, element), cast(b.tensor, element)};
}

std::vector<Tensor> promote(const std::vector<Operand>& operands) {
  std::vector<PromotedType> types;
  for (const Operand& operand : operands) types.push_back(operand.type());
  const ir::ElementType element = result_type(types);
  std::vector<Tensor> result;
  for (const Operand& operand : operands) result.push_back(cast(operand.tensor, element));
  return result;
}

Expected<int64_t> dimension_of(int64_t axis, int64_t rank) {
  const int64_t dimension = axis < 0 ? axis + rank : axis;
  if (dimension >= 0 && dimension < rank) return dimension;
  return Diagnostic{"", fmt::format("axis {} is out of range for a tensor of rank {}", axis, rank),
                    ""};
}

Expected<ir::Integers> dimensions_of(const ir::Integers& axes, int64_t rank) {
  ir::Integers dimensions;
  for (int64_t axis : axes) {
    KILN_ASSIGN(const int64_t dimension, dimension_of(axis, rank));
    if (std::find(dimensions.begin(), dimensions.end(), dimension) != dimensions.end())
      return Diagnostic{"", fmt::format("axis {} is named twice", axis), ""};
    dimensions.push_back(dimension);
  }
  return dimensions;
}

ir::Shape with_extent(ir::Shape shape, int64_t dimension, int64_t extent) {
  shape.at(static_cast<size_t>(dimension)) = extent;
  return shape;
}

ir::Integers all_dimensions(int64_t rank) {
  ir::Integers all(static_cast<size_t>(rank));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

ir::Integers moved(int64_t rank, int64_t from, int64_t to) {
  ir::Integers order = all_dimensions(rank);
  order.erase(order.begin() + from);
  order.insert(order.begin() + to, from);
  return order;
}

Tensor slice_along(Tensor x, int64_t dimension, int64_t start, int64_t limit, int64_t step) {
  const auto d = static_cast<size_t>(dimension);
  ir::Integers starts(x.shape().size(), 0), limits = x.shape(), strides(x.shape().size(), 1);
  starts.at(d) = start;
  limits.at(d) = limit;
  strides.at(d) = step;
  return slice(x, std::move(starts), std::move(limits), std::move(strides));
}

Tensor elements_at(Tensor x, Tensor places, int64_t dimension) {
  ir::Shape column = places.shape();
  column.push_back(1);
  std::vector<Tensor> components;
  for (int64_t d = 0; d < x.rank(); ++d)
    components.push_back(
        reshape(d == dimension ? places : x.builder->iota(places.type(), d), column));
  const ir::Integers all = all_dimensions(x.rank());
  return gather(x, concatenate(components, x.rank()), {{}, all, all, x.rank()});
}

Tensor shift_of(Tensor x) { return select(is_finite(x), ceil(x), 0.0); }

Status check_size(const ir::Shape& shape) {
  if (const auto problem = ir::problem_of({ir::ElementType::f64, shape}))
    return Diagnostic{"", fmt::format("a tensor of shape {}: {}", show_shape(shape), *problem), ""};
  return ok();
}

}  // namespace kiln::keras
