// Layers that change images at random while training: how often, how far, and that each image has
// draws of its own. What a draw does to an image, recorded_layers_test.cc compares with Keras.
#include <algorithm>
#include <cmath>
#include <map>

#include "frontend/keras/layers/layers.h"
#include "gtest/gtest.h"
#include "tests/frontend/layers/draw.h"

namespace kiln::keras {
namespace {

using ir::Literal;
using Values = std::vector<double>;

/// What the layer makes of images while training.
Values drawn(const Layer& layer, const Literal& images) {
  return draw(layer, images, state_of(11)).y;
}

constexpr int64_t kImages = 400;

/// Images whose elements are all one number.
Literal images(ir::Shape shape, double value) {
  shape.insert(shape.begin(), kImages);
  return Literal::splat({ir::ElementType::f32, std::move(shape)}, value).dense();
}

/// Four standard deviations of a part of the images.
double spread_of(double part) { return 4 * std::sqrt(part * (1 - part) / kImages); }

TEST(RandomImages, HappenAsOftenAsTheFactorSays) {
  const auto part_of = [](const Values& y, double value) {
    return static_cast<double>(std::ranges::count(y, value)) / static_cast<double>(y.size());
  };
  const Literal x = images({1, 1, 1}, 200);
  EXPECT_NEAR(part_of(drawn(RandomInvert({0.25, 0.25}), x), 55), 0.25, spread_of(0.25));
  EXPECT_NEAR(part_of(drawn(RandomInvert(), x), 55), 0.5, spread_of(0.5));
  const RandomErasing erasing({.factor = {0.75, 0.75}, .scale = {1, 1}, .fill_value = {3}});
  EXPECT_NEAR(part_of(drawn(erasing, x), 3), 0.75, spread_of(0.75));
  const Values y = drawn(RandomGrayscale(0.75), images({1, 1, 3}, 1));
  EXPECT_NEAR(part_of(y, 1), 0.25, spread_of(0.25));
}

TEST(RandomImages, PosterizationLeavesOutTheHighestNumberOfBits) {
  std::map<double, int> counts;
  for (double value : drawn(RandomPosterization({1, 4}), images({1, 1, 1}, 255))) ++counts[value];
  // One, two or three leading bits.
  ASSERT_EQ(counts.size(), 3u);
  for (double value : {128.0, 192.0, 224.0})
    EXPECT_NEAR(counts[value] / double(kImages), 1.0 / 3, spread_of(1.0 / 3)) << value;
}

TEST(RandomImages, ErasesRectanglesOfRootsOfTheScale) {
  constexpr int64_t kSide = 8;
  const RandomErasing erasing({.factor = {1, 1}, .scale = {0.25, 0.25}, .fill_value = {7}});
  const Values y = drawn(erasing, images({kSide, kSide, 1}, 0));
  std::map<int64_t, int> corners;
  for (int64_t image = 0; image < kImages; ++image) {
    const auto first = y.begin() + image * kSide * kSide;
    // Half of each side; where it begins between pixels, as many lie in it.
    EXPECT_EQ(std::count(first, first + kSide * kSide, 7.0), 16) << image;
    ++corners[std::find(first, first + kSide * kSide, 7.0) - first];
  }
  EXPECT_GT(corners.size(), 10u) << "each image has a place of its own";
}

// Rows that are one apart move by x_factor against each other, to either side.
TEST(RandomImages, ShearsToBothSides) {
  constexpr int64_t kHeight = 2, kWidth = 5;
  Literal x({ir::ElementType::f32, {kImages, kHeight, kWidth, 1}});
  for (int64_t i = 0; i < x.type().count(); ++i) x.set(i, static_cast<double>(i % kWidth));
  const Values y = drawn(
      RandomShear({0.5, 0.5}, {0, 0}, {.fill_mode = "nearest", .interpolation = "bilinear"}), x);
  std::map<double, int> counts;
  for (int64_t image = 0; image < kImages; ++image) {
    const size_t row = static_cast<size_t>(image * kHeight * kWidth);
    EXPECT_EQ(y[row + 2], 2) << "the first row stays";
    ++counts[y[row + kWidth + 2]];
  }
  ASSERT_EQ(counts.size(), 2u);
  EXPECT_NEAR(counts[1.5] / double(kImages), 0.5, spread_of(0.5));
  EXPECT_NEAR(counts[2.5] / double(kImages), 0.5, spread_of(0.5));
}

TEST(RandomImages, APerspectiveKeepsTheFirstCorner) {
  constexpr int64_t kPixels = 9;
  Literal x({ir::ElementType::f32, {kImages, 3, 3, 1}});
  for (int64_t i = 0; i < x.type().count(); ++i) x.set(i, 1 + static_cast<double>(i % kPixels));
  const Values y = drawn(RandomPerspective({.factor = {0.25, 0.25}, .fill_value = -1}), x);
  int moved = 0, filled = 0;
  for (size_t image = 0; image < kImages; ++image) {
    const size_t first = image * kPixels, last = first + kPixels - 1;
    EXPECT_EQ(y[first], 1) << image;
    moved += y[last] != kPixels;
    filled += y[last] < 1;
  }
  EXPECT_NEAR(moved / double(kImages), 0.25, spread_of(0.25));
  EXPECT_GT(filled, 0) << "outside of the image is the fill_value";
}

TEST(RandomImages, AHueMovesToBothSides) {
  // Pure red, a twelfth of a turn away: orange, or a purple red.
  Literal x({ir::ElementType::f32, {kImages, 1, 1, 3}});
  for (int64_t image = 0; image < kImages; ++image) x.set(image * 3, 255);
  const Values y = drawn(RandomHue({1.0 / 6, 1.0 / 6}), x);
  int up = 0;
  for (size_t image = 0; image < kImages; ++image) {
    EXPECT_NEAR(y[image * 3], 255, 1e-3);
    EXPECT_NEAR(y[image * 3 + 1] + y[image * 3 + 2], 127.5, 1e-2);
    up += y[image * 3 + 1] > y[image * 3 + 2];
  }
  EXPECT_NEAR(up / double(kImages), 0.5, spread_of(0.5));
}

// All images of a batch share their deviations: the middle of a point that is blurred is the same.
TEST(RandomImages, ABlurIsOneForTheBatch) {
  Literal x({ir::ElementType::f32, {kImages, 3, 3, 1}});
  for (int64_t image = 0; image < kImages; ++image) x.set(image * 9 + 4, 100);
  const Values y = drawn(RandomGaussianBlur({0.5, 0.5}, {3, 3}, {0.5, 1}), x);
  std::map<double, int> counts;
  for (size_t image = 0; image < kImages; ++image) ++counts[y[image * 9 + 4]];
  ASSERT_EQ(counts.size(), 2u);
  EXPECT_NEAR(counts[100] / double(kImages), 0.5, spread_of(0.5));
}

}  // namespace
}  // namespace kiln::keras
