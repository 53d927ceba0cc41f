// A generator of 28x28 images of handwritten digits, so that a model can be trained with nothing
// downloaded. A digit is a few strokes (lines, arcs and Bezier curves, several ways of writing
// each), bent, slanted, scaled, turned and drawn with a pen of varying width. All arithmetic is in
// integers: the same seed gives the same bytes on every machine, with any number of threads.
#pragma once

#include <cstdint>

#include "runtime/base/array.h"
#include "runtime/base/random_stream.h"

namespace kiln::runtime {

/// Turns bytes of pictures, 0..255, into 0..1.
inline constexpr double kPixelScale = 1.0 / 255;

struct DigitSet {
  Array images;  ///< u8 [count, 28, 28], 0 = paper, 255 = ink; its scale makes them 0..1
  Array labels;  ///< u8 [count], 0..9
};

/// Draws `count` digits. Image i depends on (part, seed, i) alone. Uses `threads` threads; 0: as
/// many as the machine has.
DigitSet digits(DataPart part, uint64_t seed, int64_t count, int threads = 0);

}  // namespace kiln::runtime
