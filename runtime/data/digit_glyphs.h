// How the ten digits are written: the shapes that digits.h distorts and draws.
#pragma once

#include <vector>

namespace kiln::runtime {

/// Whether the pen's way through a point is smooth.
enum class Joint { kSmooth, kCorner };

/// A point of a stroke, in a box of 100 x 100: x to the right, y down.
struct GlyphPoint {
  int x;
  int y;
  Joint joint = Joint::kSmooth;
};

/// One movement of the pen: a curve through its points in order.
using Stroke = std::vector<GlyphPoint>;

/// One way of writing a digit.
struct Glyph {
  int weight;  ///< how often it is chosen, relative to the digit's other glyphs
  std::vector<Stroke> strokes;
};

/// The glyphs of each digit, 0 to 9.
std::vector<std::vector<Glyph>> digit_glyphs();

}  // namespace kiln::runtime
