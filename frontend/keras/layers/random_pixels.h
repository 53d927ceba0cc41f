// Layers that change the values of pixels at random while training, whatever their colours:
// RandomInvert, RandomPosterization, Solarization, RandomSharpness, RandomGaussianBlur,
// RandomErasing; and AutoContrast, which changes them in any case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/layers/base/same_shape.h"
#include "frontend/keras/layers/random_image.h"

namespace kiln::keras {

/// The highest value less x, with a probability from the factor's range.
class RandomInvert : public RandomColor {
 public:
  explicit RandomInvert(std::vector<double> factor = {0, 1},
                        std::vector<double> value_range = {0, 255},
                        std::optional<int64_t> seed = {})
      : RandomColor(std::move(factor), std::move(value_range), seed, 0) {}
  std::string_view class_name() const override { return "RandomInvert"; }
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;

 private:
  bool has_default_factor() const override { return true; }
};

/// Bytes of which as many leading bits are kept as a whole number from the factor's range, its end
/// left out, says.
class RandomPosterization : public RandomColor {
 public:
  explicit RandomPosterization(std::vector<double> factor,
                               std::vector<double> value_range = {0, 255},
                               std::optional<int64_t> seed = {})
      : RandomColor(std::move(factor), std::move(value_range), seed, 1, 8) {}
  std::string_view class_name() const override { return "RandomPosterization"; }
  Status check_options() const override;
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;
};

/// x plus a number, and what is not below another number from the top: both are drawn from a
/// factor's low end to 255 times its high one.
class Solarization : public RandomImageLayer {
 public:
  explicit Solarization(std::vector<double> addition_factor = {0, 0},
                        std::vector<double> threshold_factor = {0, 0},
                        std::vector<double> value_range = {0, 255},
                        std::optional<int64_t> seed = {})
      : RandomImageLayer(seed),
        addition_factor_(std::move(addition_factor)),
        threshold_factor_(std::move(threshold_factor)),
        value_range_(std::move(value_range)) {}
  std::string_view class_name() const override { return "Solarization"; }
  OptionList option_list() override;
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;

 private:
  Status check_options() const override;

  std::vector<double> addition_factor_, threshold_factor_, value_range_;
};

/// Between an image and its smoothed self: at 1/2 of the factor's range the image, at 0 the smooth
/// one, at 1 as far beyond.
class RandomSharpness : public RandomColor {
 public:
  explicit RandomSharpness(std::vector<double> factor, std::vector<double> value_range = {0, 255},
                           std::optional<int64_t> seed = {})
      : RandomColor(std::move(factor), std::move(value_range), seed, 0) {}
  std::string_view class_name() const override { return "RandomSharpness"; }
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;
};

/// Means around each pixel, weighed by a normal distribution, with a probability from the factor's
/// range. All images of a batch have the same deviations, one for each direction.
class RandomGaussianBlur : public RandomColor {
 public:
  explicit RandomGaussianBlur(std::vector<double> factor = {0, 1},
                              std::vector<int64_t> kernel_size = {3, 3},
                              std::vector<double> sigma = {0, 1},
                              std::vector<double> value_range = {0, 255},
                              std::optional<int64_t> seed = {})
      : RandomColor(std::move(factor), std::move(value_range), seed, 0),
        kernel_size_(std::move(kernel_size)),
        sigma_(std::move(sigma)) {}
  std::string_view class_name() const override { return "RandomGaussianBlur"; }
  OptionList option_list() override;
  Status check_options() const override;
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;

 private:
  bool has_default_factor() const override { return true; }

  std::vector<int64_t> kernel_size_;  ///< along the width, along the height
  std::vector<double> sigma_;
};

struct RandomErasingOptions {
  std::vector<double> factor = {0, 1};  ///< how probably, from and to
  std::vector<double> scale = {0.02, 0.33};
  std::vector<double> fill_value = {};  ///< of all channels, or of each; empty: normal numbers
  std::vector<double> value_range = {0, 255};
  std::optional<int64_t> seed = {};
};

/// A rectangle of each image, of roots of parts of its sides from the scale, filled with something
/// else, with a probability from the factor's range.
class RandomErasing : public RandomColor {
 public:
  explicit RandomErasing(RandomErasingOptions options)
      : RandomColor(std::move(options.factor), std::move(options.value_range), options.seed, 0),
        scale_(std::move(options.scale)),
        fill_value_(std::move(options.fill_value)) {}
  std::string_view class_name() const override { return "RandomErasing"; }
  OptionList option_list() override;
  Status check_options() const override;
  Status check_input(const LayerInput& input) const override;
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;

 private:
  bool has_default_factor() const override { return true; }
  ir::Tensor filling(CallContext& context, ir::Tensor x) const;

  std::vector<double> scale_, fill_value_;
};

/// Each channel of each image stretched to the whole range of values; of one value it stays as it
/// is. In training and without.
class AutoContrast : public SameShapeLayer {
 public:
  explicit AutoContrast(std::vector<double> value_range = {0, 255})
      : value_range_(std::move(value_range)) {}
  std::string_view class_name() const override { return "AutoContrast"; }
  OptionList option_list() override;

 private:
  Expected<std::vector<WeightSpec>> weights(const LayerInput& input) const override;
  ir::Tensor function(CallContext& context, ir::Tensor x) const override;

  std::vector<double> value_range_;
  DataFormat data_format_ = DataFormat::channels_last;
};

}  // namespace kiln::keras
