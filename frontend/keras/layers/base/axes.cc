#include "frontend/keras/layers/base/axes.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

Expected<int64_t> resolve_axis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank) {
    return Diagnostic{"", fmt::format("axis {} is not in inputs of {} dimensions", axis, rank), ""};
  }
  const int64_t dimension = axis < 0 ? axis + rank : axis;
  if (dimension == 0) return Diagnostic{"", fmt::format("axis {} is the batch", axis), ""};
  return dimension;
}

Expected<std::vector<int64_t>> resolve_axes(std::span<const int64_t> axes, int64_t rank) {
  std::vector<int64_t> dimensions;
  for (int64_t axis : axes) {
    KILN_ASSIGN(const int64_t dimension, resolve_axis(axis, rank));
    if (!dimensions.empty() && dimension <= dimensions.back()) {
      return Diagnostic{
          "", fmt::format("axis {} follows axis {}", dimension, dimensions.back()),
          "list axes once each, in increasing order, all from the start or all from the end"};
    }
    dimensions.push_back(dimension);
  }
  return dimensions;
}

Expected<int64_t> known_extent(const LayerInput& input, int64_t dimension) {
  const int64_t extent = input.type.shape[static_cast<size_t>(dimension)];
  if (extent != kNone) return extent;
  return Diagnostic{"",
                    fmt::format("needs a known extent along axis {}, gets {} from \"{}\"",
                                dimension, show_shape(input.type.shape), input.from),
                    ""};
}

Expected<ir::Shape> known_extents(const LayerInput& input, std::span<const int64_t> axes) {
  KILN_ASSIGN(const std::vector<int64_t> dimensions, resolve_axes(axes, input.type.rank()));
  ir::Shape extents;
  for (int64_t dimension : dimensions) {
    KILN_ASSIGN(const int64_t extent, known_extent(input, dimension));
    extents.push_back(extent);
  }
  return extents;
}

}  // namespace kiln::keras
