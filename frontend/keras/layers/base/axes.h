// Which dimensions of its input a layer works on.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// The dimension that Keras's `axis` (negative: from the end) means in a tensor of that rank. The
/// batch, dimension 0, is refused.
Expected<int64_t> resolve_axis(int64_t axis, int64_t rank);
/// The same for a list, which must name dimensions once each, in increasing order.
Expected<std::vector<int64_t>> resolve_axes(std::span<const int64_t> axes, int64_t rank);

/// The input's extent along a dimension, which must be known.
Expected<int64_t> known_extent(const LayerInput& input, int64_t dimension);
/// Its extents along `axes`, as resolve_axes() takes them.
Expected<ir::Shape> known_extents(const LayerInput& input, std::span<const int64_t> axes);

}  // namespace kiln::keras
