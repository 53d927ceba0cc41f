// Layers that change the colours of images at random while training: RandomSaturation, RandomHue,
// RandomGrayscale, RandomColorDegeneration, RandomColorJitter.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "frontend/keras/layers/random_image.h"

namespace kiln::keras {

/// The saturation times f / (1 - f), f from the factor's range; in images of three channels.
class RandomSaturation : public RandomColor {
 public:
  explicit RandomSaturation(std::vector<double> factor, std::vector<double> value_range = {0, 255},
                            std::optional<int64_t> seed = {})
      : RandomColor(std::move(factor), std::move(value_range), seed, -1) {}
  std::string_view class_name() const override { return "RandomSaturation"; }
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;

 private:
  Status check_input(const LayerInput& input) const override { return check_channels(input, {3}); }
};

/// The hue moved by half of a number from the factor's range, in either direction; in images of
/// three channels.
class RandomHue : public RandomColor {
 public:
  explicit RandomHue(std::vector<double> factor, std::vector<double> value_range = {0, 255},
                     std::optional<int64_t> seed = {})
      : RandomColor(std::move(factor), std::move(value_range), seed, 0) {}
  std::string_view class_name() const override { return "RandomHue"; }
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;

 private:
  Status check_input(const LayerInput& input) const override { return check_channels(input, {3}); }
};

/// Grey, with a probability.
class RandomGrayscale : public RandomImageLayer {
 public:
  explicit RandomGrayscale(double factor = 0.5, std::optional<int64_t> seed = {})
      : RandomImageLayer(seed), factor_(factor) {}
  std::string_view class_name() const override { return "RandomGrayscale"; }
  OptionList option_list() override;
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;

 private:
  Status check_options() const override;
  Status check_input(const LayerInput& input) const override {
    return check_channels(input, {1, 3});
  }

  double factor_;
};

/// Nearer to grey by a part from the factor's range.
class RandomColorDegeneration : public RandomColor {
 public:
  explicit RandomColorDegeneration(std::vector<double> factor,
                                   std::vector<double> value_range = {0, 255},
                                   std::optional<int64_t> seed = {})
      : RandomColor(std::move(factor), std::move(value_range), seed, -1) {}
  std::string_view class_name() const override { return "RandomColorDegeneration"; }
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;

 private:
  Status check_input(const LayerInput& input) const override {
    return check_channels(input, {1, 3});
  }
};

/// RandomBrightness, RandomContrast, RandomSaturation and RandomHue, one after the other; those
/// without a factor are left out.
class RandomColorJitter : public RandomImageLayer {
 public:
  struct Factors {
    std::vector<double> brightness = {}, contrast = {}, saturation = {}, hue = {};
  };
  RandomColorJitter() : RandomColorJitter(Factors{}) {}
  explicit RandomColorJitter(Factors factors, std::vector<double> value_range = {0, 255},
                             std::optional<int64_t> seed = {})
      : RandomImageLayer(seed),
        factors_(std::move(factors)),
        value_range_(std::move(value_range)) {}
  std::string_view class_name() const override { return "RandomColorJitter"; }
  OptionList option_list() override;
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;

 private:
  Status check_options() const override;
  Status check_input(const LayerInput& input) const override;
  /// The layers of the factors that there are.
  std::vector<std::shared_ptr<RandomColor>> layers() const;

  Factors factors_;
  std::vector<double> value_range_;
};

}  // namespace kiln::keras
