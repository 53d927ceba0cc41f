// Images' values at points between their pixels, and outside of them.
#pragma once

#include <string>

#include "ir/builder.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// How a value follows from the pixels around it.
struct Sampling {
  /// What lies outside of the image: "reflect" (d c b a | a b c d), "wrap", "nearest", or
  /// "constant": fill_value.
  std::string fill_mode = "reflect";
  double fill_value = 0;
  std::string interpolation = "bilinear";  ///< or "nearest"
};

/// Whether there are such modes.
Status check(const Sampling& sampling);

/// images: f32 [batch, height, width, channels]. y, x: f32 [batch, rows, columns], where each value
/// is taken, in pixels. [batch, rows, columns, channels].
ir::Tensor sample_image(ir::Tensor images, ir::Tensor y, ir::Tensor x, const Sampling& sampling);

}  // namespace kiln::keras
