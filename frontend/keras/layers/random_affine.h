// Layers that move, turn and scale images at random while training: RandomRotation,
// RandomTranslation, RandomZoom, RandomShear.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/sample_image.h"
#include "frontend/keras/layers/random_image.h"

namespace kiln::keras {

struct RandomAffineOptions {
  /// What lies outside of the image: "reflect" (d c b a | a b c d), "wrap", "nearest", or
  /// "constant": fill_value.
  std::string fill_mode = "reflect";
  double fill_value = 0;
  std::string interpolation = "bilinear";  ///< or "nearest"
  std::optional<int64_t> seed = {};
  std::string name = "";
};

/// Where each pixel (x, y) comes from: (a0 x + a1 y + a2, b0 x + b1 y + b2). Each is [batch].
struct AffineMap {
  ir::Tensor a0, a1, a2, b0, b1, b2;
};

/// A layer whose images are others' pixels, as an affine map has it.
class RandomAffine : public RandomImageLayer {
 public:
  Status check_options() const override;
  ir::Tensor changed(CallContext& context, ir::Tensor x) const final;

 protected:
  explicit RandomAffine(RandomAffineOptions options);

  /// The map for x, images of that height and width.
  virtual AffineMap map(CallContext& context, ir::Tensor x, int64_t height,
                        int64_t width) const = 0;
  OptionList fill_options();

 private:
  Sampling sampling() const;

  RandomAffineOptions options_;
};

/// Turned around the centre by a part of a full turn from the factor's range.
class RandomRotation : public RandomAffine {
 public:
  explicit RandomRotation(std::vector<double> factor, RandomAffineOptions options = {})
      : RandomAffine(std::move(options)), factor_(std::move(factor)) {}
  std::string_view class_name() const override { return "RandomRotation"; }
  OptionList option_list() override;
  Status check_options() const override;

 private:
  AffineMap map(CallContext& context, ir::Tensor x, int64_t height, int64_t width) const override;

  std::vector<double> factor_;
};

/// Moved by parts of height and width from the factors' ranges.
class RandomTranslation : public RandomAffine {
 public:
  RandomTranslation(std::vector<double> height_factor, std::vector<double> width_factor,
                    RandomAffineOptions options = {})
      : RandomAffine(std::move(options)),
        height_factor_(std::move(height_factor)),
        width_factor_(std::move(width_factor)) {}
  std::string_view class_name() const override { return "RandomTranslation"; }
  OptionList option_list() override;
  Status check_options() const override;

 private:
  AffineMap map(CallContext& context, ir::Tensor x, int64_t height, int64_t width) const override;

  std::vector<double> height_factor_, width_factor_;
};

/// A part of the image of 1 + a number from the factors' ranges times height and width: positive
/// numbers show more of it, negative ones less. Without a width_factor both have one draw.
class RandomZoom : public RandomAffine {
 public:
  explicit RandomZoom(std::vector<double> height_factor, std::vector<double> width_factor = {},
                      RandomAffineOptions options = {})
      : RandomAffine(std::move(options)),
        height_factor_(std::move(height_factor)),
        width_factor_(std::move(width_factor)) {}
  std::string_view class_name() const override { return "RandomZoom"; }
  OptionList option_list() override;
  Status check_options() const override;

 private:
  AffineMap map(CallContext& context, ir::Tensor x, int64_t height, int64_t width) const override;

  std::vector<double> height_factor_, width_factor_;
};

/// Rows moved by a number from the x_factor's range for each pixel that they are lower, columns by
/// one from the y_factor's; both to one side, or both to the other.
class RandomShear : public RandomAffine {
 public:
  explicit RandomShear(std::vector<double> x_factor = {0, 0}, std::vector<double> y_factor = {0, 0},
                       RandomAffineOptions options = {})
      : RandomAffine(std::move(options)),
        x_factor_(std::move(x_factor)),
        y_factor_(std::move(y_factor)) {}
  std::string_view class_name() const override { return "RandomShear"; }
  OptionList option_list() override;
  Status check_options() const override;

 private:
  AffineMap map(CallContext& context, ir::Tensor x, int64_t height, int64_t width) const override;

  std::vector<double> x_factor_, y_factor_;
};

}  // namespace kiln::keras
