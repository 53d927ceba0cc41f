// Other extents for a dimension of an image, as Keras's image.resize() makes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ir/builder.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// How new elements follow from old ones.
struct Interpolation {
  /// "nearest", "bilinear", "bicubic" (Keys's with a = -1/2), "lanczos3" or "lanczos5".
  std::string name = "bilinear";
  /// A smaller result has the weighted mean of all that its elements cover.
  bool antialias = false;
};

/// Whether there is an interpolation of that name.
Status check(const Interpolation& interpolation);

/// x with that many elements along the dimension; their centres are spread over the old ones' span.
/// x is f32, except for "nearest", which takes all types.
ir::Tensor resize(ir::Tensor x, int64_t dimension, int64_t extent,
                  const Interpolation& interpolation);

/// Every element `times` times along a dimension.
ir::Tensor repeat(ir::Tensor x, int64_t dimension, int64_t times);

/// [extent, results.size()]-weights along a dimension: y[..., i, ...] = sum over k of
/// weights[k, i] x[..., k, ...].
ir::Tensor combine(ir::Tensor x, int64_t dimension, ir::Literal weights);

}  // namespace kiln::keras
