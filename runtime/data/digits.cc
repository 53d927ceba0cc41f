#include "runtime/data/digits.h"

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

#include "runtime/data/digit_glyphs.h"

namespace kiln::runtime {
namespace {

constexpr int64_t kSide = 28;
constexpr int64_t kPixels = kSide * kSide;

// Lengths are in 1/256 of a pixel; factors and angles (radians) in 1/4096.
constexpr int64_t kPixel = 256;
constexpr int64_t kUnit = 4096;

// What varies, and how much: the middle and the largest deviation of a bell-shaped choice.
constexpr int64_t kHeight = 19 * kPixel;
constexpr int64_t kHeightSpread = 5 * kPixel;
constexpr int64_t kAspect = kUnit * 80 / 100;
constexpr int64_t kAspectSpread = kUnit * 32 / 100;
constexpr int64_t kSlant = kUnit * 12 / 100;
constexpr int64_t kSlantSpread = kUnit * 60 / 100;
constexpr int64_t kTurnSpread = kUnit * 36 / 100;
constexpr int64_t kBendSpread = kUnit * 30 / 100;
constexpr int64_t kPointSpread = 15;  // hundredths of the glyph's box
constexpr int64_t kShiftSpread = 5 * kPixel;
constexpr int64_t kEdge = kPixel * 3 / 2;  // kept free of the strokes' middle lines
constexpr int64_t kPenRadius = kPixel * 112 / 100;
constexpr int64_t kPenRadiusSpread = kPixel * 62 / 100;
constexpr int64_t kPressureSpread = kUnit * 35 / 100;

// Sixteen steps between two points of a stroke keep the dots of the pen less than its radius apart.
constexpr int64_t kStepsBits = 4;
constexpr int64_t kSteps = 1 << kStepsBits;

using Random = RandomStream;

struct Point {
  int64_t x;
  int64_t y;
};

// The map from a glyph's box to the image: one hand, on one day.
struct Hand {
  int64_t height, width, slant, sine, cosine, bend_x, bend_y;

  static Hand choose(Random& random) {
    Hand hand;
    hand.height = kHeight + random.bell(kHeightSpread);
    hand.width = hand.height * (kAspect + random.bell(kAspectSpread)) / kUnit;
    hand.slant = kSlant + random.bell(kSlantSpread);
    const int64_t turn = random.bell(kTurnSpread);
    // The first terms of the series: turns are small, and libm's last bit differs between machines.
    hand.sine = turn - turn * turn / kUnit * turn / kUnit / 6;
    hand.cosine = kUnit - turn * turn / kUnit / 2;
    hand.bend_x = random.bell(kBendSpread);
    hand.bend_y = random.bell(kBendSpread);
    return hand;
  }

  // x, y: from -50 to 50, in 1/16. The result is about the centre of the image.
  Point place(int64_t x, int64_t y) const {
    constexpr int64_t kBox = 100 * 16;
    // Bending is quadratic: the middle stays, the ends go aside.
    const int64_t bent_x = x + bend_x * y / kUnit * y / (kBox / 2);
    const int64_t bent_y = y + bend_y * x / kUnit * x / (kBox / 2);
    const int64_t high = bent_y * height / kBox;
    const int64_t wide = bent_x * width / kBox - high * slant / kUnit;
    return {(wide * cosine - high * sine) / kUnit, (wide * sine + high * cosine) / kUnit};
  }
};

struct PlacedPoint {
  Point point;
  Joint joint;
};

using PlacedStroke = std::vector<PlacedPoint>;

const Glyph& choose_glyph(const std::vector<Glyph>& glyphs, Random& random) {
  int64_t total = 0;
  for (const Glyph& glyph : glyphs) total += glyph.weight;
  int64_t ticket = random.uniform(0, total - 1);
  size_t chosen = 0;
  while (ticket >= glyphs[chosen].weight) ticket -= glyphs[chosen++].weight;
  return glyphs[chosen];
}

std::vector<PlacedStroke> place_strokes(const Glyph& glyph, Random& random) {
  const Hand hand = Hand::choose(random);
  std::vector<PlacedStroke> placed;
  for (const Stroke& stroke : glyph.strokes) {
    PlacedStroke& points = placed.emplace_back();
    for (const GlyphPoint& point : stroke) {
      const int64_t x = (point.x - 50) * 16 + random.bell(kPointSpread * 16);
      const int64_t y = (point.y - 50) * 16 + random.bell(kPointSpread * 16);
      points.push_back({hand.place(x, y), point.joint});
    }
  }
  return placed;
}

// Where a stretch from `low` to `high` goes: the middle of the image or a little beside it, but not
// over the edge.
int64_t choose_shift(int64_t low, int64_t high, Random& random) {
  const int64_t room = std::max<int64_t>((kSide * kPixel - (high - low)) / 2 - kEdge, 0);
  const int64_t middle = (kSide * kPixel - (low + high)) / 2;
  return middle + std::clamp(random.bell(kShiftSpread), -room, room);
}

// Moves the strokes together to their place in the image.
void shift_into_image(std::vector<PlacedStroke>& strokes, Random& random) {
  Point low = strokes[0][0].point;
  Point high = low;
  for (const PlacedStroke& stroke : strokes) {
    for (const PlacedPoint& placed : stroke) {
      low = {std::min(low.x, placed.point.x), std::min(low.y, placed.point.y)};
      high = {std::max(high.x, placed.point.x), std::max(high.y, placed.point.y)};
    }
  }
  const int64_t shift_x = choose_shift(low.x, high.x, random);
  const int64_t shift_y = choose_shift(low.y, high.y, random);
  for (PlacedStroke& stroke : strokes) {
    for (PlacedPoint& placed : stroke) {
      placed.point = {placed.point.x + shift_x, placed.point.y + shift_y};
    }
  }
}

class Canvas {
 public:
  /// Puts the pen down at `at`: ink up to `radius`, fading over one pixel.
  void dot(Point at, int64_t radius) {
    // Ink is 255 * (outer^2 - distance^2) / (outer^2 - inner^2), outer and inner half a pixel
    // around the radius: a linear ramp to a good approximation, without a square root.
    const int64_t outer = radius + kPixel / 2;
    const int64_t gain = (int64_t{255} << 16) / (2 * kPixel * radius);
    const int64_t first_x = pixel_from(at.x - outer), last_x = pixel_to(at.x + outer);
    const int64_t first_y = pixel_from(at.y - outer), last_y = pixel_to(at.y + outer);
    for (int64_t y = first_y; y <= last_y; ++y) {
      const int64_t dy = y * kPixel + kPixel / 2 - at.y;
      for (int64_t x = first_x; x <= last_x; ++x) {
        const int64_t dx = x * kPixel + kPixel / 2 - at.x;
        const int64_t inside = std::max<int64_t>(outer * outer - dx * dx - dy * dy, 0);
        const auto ink = static_cast<int32_t>(std::min<int64_t>(inside * gain >> 16, 255));
        int32_t& pixel = pixels_[static_cast<size_t>(y * kSide + x)];
        pixel = std::max(pixel, ink);
      }
    }
  }

  /// Softens by a 3x3 kernel, (1 2 1)/4 both ways, mixed in by `amount` of 16.
  void blur(int32_t amount) {
    const auto across = softened(pixels_, 1);
    const auto soft = softened(across, kSide);
    for (size_t i = 0; i < soft.size(); ++i) {
      pixels_[i] += (soft[i] - pixels_[i]) * amount / 16;
    }
  }

  /// Writes the pixels, each darker or lighter by up to `noise` where there is ink.
  void write(Random& random, int64_t brightness, int64_t noise, uint8_t* to) const {
    for (size_t i = 0; i < pixels_.size(); ++i) {
      int64_t ink = pixels_[i] * brightness / 256;
      if (ink > 0) ink += random.uniform(-noise, noise);
      to[i] = static_cast<uint8_t>(std::clamp<int64_t>(ink, 0, 255));
    }
  }

 private:
  using Pixels = std::array<int32_t, kPixels>;

  static int64_t pixel_from(int64_t position) {
    return std::clamp<int64_t>(position, 0, kSide * kPixel) / kPixel;
  }
  static int64_t pixel_to(int64_t position) {
    return std::clamp<int64_t>(position, -1, kSide * kPixel - 1) / kPixel;
  }

  // Along one axis, whose neighbours are `stride` apart; the outermost pixels keep what they have.
  static Pixels softened(const Pixels& pixels, size_t stride) {
    Pixels soft = pixels;
    for (size_t y = 1; y + 1 < kSide; ++y) {
      for (size_t x = 1; x + 1 < kSide; ++x) {
        const size_t i = y * kSide + x;
        soft[i] = (pixels[i - stride] + 2 * pixels[i] + pixels[i + stride]) / 4;
      }
    }
    return soft;
  }

  Pixels pixels_ = {};
};

// The value at t = step / kSteps between b and c of the curve through a, b, c, d.
// Source: Catmull, Rom, "A class of local interpolating splines", 1974, with tension 1/2.
int64_t spline(int64_t a, int64_t b, int64_t c, int64_t d, int64_t step) {
  const int64_t cubic = -a + 3 * b - 3 * c + d;
  const int64_t square = 2 * a - 5 * b + 4 * c - d;
  const int64_t linear = c - a;
  const int64_t sum = (((cubic * step + square * kSteps) * step + linear * kSteps * kSteps) * step);
  return b + sum / (2 * kSteps * kSteps * kSteps);
}

// Draws a stroke while the pen's radius goes from `radius` to `last_radius`.
void draw(const PlacedStroke& stroke, int64_t radius, int64_t last_radius, Canvas& canvas) {
  const auto segments = static_cast<int64_t>(stroke.size()) - 1;
  for (int64_t i = 0; i < segments; ++i) {
    const auto at = static_cast<size_t>(i);
    const Point b = stroke[at].point;
    const Point c = stroke[at + 1].point;
    // At ends and corners the neighbour is left out, so the curve does not bend towards it.
    const bool starts = i == 0 || stroke[at].joint == Joint::kCorner;
    const bool ends = i + 1 == segments || stroke[at + 1].joint == Joint::kCorner;
    const Point a = starts ? b : stroke[at - 1].point;
    const Point d = ends ? c : stroke[at + 2].point;
    for (int64_t step = 0; step <= kSteps; ++step) {
      const int64_t way = i * kSteps + step;
      canvas.dot({spline(a.x, b.x, c.x, d.x, step), spline(a.y, b.y, c.y, d.y, step)},
                 radius + (last_radius - radius) * way / (segments * kSteps));
    }
  }
}

// Image `index` of the stream, and its label.
uint8_t draw_digit(const std::vector<std::vector<Glyph>>& glyphs, Random random, uint8_t* image) {
  const auto digit = static_cast<uint8_t>(random.uniform(0, 9));
  std::vector<PlacedStroke> strokes = place_strokes(choose_glyph(glyphs[digit], random), random);
  shift_into_image(strokes, random);
  Canvas canvas;
  const int64_t radius = kPenRadius + random.bell(kPenRadiusSpread);
  for (const PlacedStroke& stroke : strokes) {
    const int64_t first = radius * (kUnit + random.bell(kPressureSpread)) / kUnit;
    const int64_t last = radius * (kUnit + random.bell(kPressureSpread)) / kUnit;
    draw(stroke, first, last, canvas);
  }
  canvas.blur(static_cast<int32_t>(random.uniform(0, 14)));
  // Drawn one after the other: the order in which arguments are evaluated is the compiler's choice.
  const int64_t brightness = random.uniform(215, 270);
  const int64_t noise = random.uniform(0, 30);
  canvas.write(random, brightness, noise, image);
  return digit;
}

}  // namespace

DigitSet digits(DataPart part, uint64_t seed, int64_t count, int threads) {
  const std::vector<std::vector<Glyph>> glyphs = digit_glyphs();
  DigitSet set = {allocate(KILN_U8, {count, kSide, kSide}), allocate(KILN_U8, {count})};
  set.images.scale = kPixelScale;
  const auto draw_range = [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      set.labels.as<uint8_t>()[i] = draw_digit(glyphs, Random(seed, part, static_cast<uint64_t>(i)),
                                               set.images.as<uint8_t>() + i * kPixels);
    }
  };
  const int64_t machine = std::max<int64_t>(std::thread::hardware_concurrency(), 1);
  const int64_t workers = std::clamp<int64_t>(threads > 0 ? threads : machine, 1, 64);
  std::vector<std::thread> started;
  for (int64_t worker = 1; worker < workers; ++worker) {
    started.emplace_back(draw_range, count * worker / workers, count * (worker + 1) / workers);
  }
  draw_range(0, count / workers);
  for (std::thread& thread : started) thread.join();
  return set;
}

}  // namespace kiln::runtime
