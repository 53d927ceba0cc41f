// Layers that change images at random while training: what they share, and RandomFlip,
// RandomBrightness, RandomContrast.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/options/data_format.h"

namespace kiln::keras {

/// [batch, height, width, channels] in f32; each image has draws of its own. Without training the
/// images stay as they are. The distributions are Keras's, the bits are kiln's.
class RandomImageLayer : public Layer {
 public:
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const final;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const final;

  /// Whether the options make sense.
  virtual Status check_options() const { return ok(); }
  /// Whether the layer can work on such images.
  virtual Status check_input(const LayerInput&) const { return ok(); }
  /// What training makes of x, images in f32.
  virtual ir::Tensor changed(CallContext& context, ir::Tensor x) const = 0;

 protected:
  explicit RandomImageLayer(std::optional<int64_t> seed) : seed_(seed) {}

  /// Whether the images have one of those numbers of channels.
  Status check_channels(const LayerInput& input, std::initializer_list<int64_t> wanted) const;
  /// The dimensions' places, first the height's, then the width's.
  ir::Integers spatial_dimensions() const;

  /// A number in [low, high) for each of x's images: [batch].
  static ir::Tensor draw(CallContext& context, ir::Tensor x, double low, double high);
  /// Numbers of images, [batch], as [batch, 1, 1, 1].
  static ir::Tensor of_images(ir::Tensor numbers);
  /// The options of all these layers.
  OptionList seed_and_format();

  DataFormat data_format_ = DataFormat::channels_last;
  std::optional<int64_t> seed_;
};

/// Two limits from Keras's factor: a number stands for both sides, not below `least`.
struct FactorRange {
  double low, high;
};
FactorRange factor_range(const std::vector<double>& factor, double least);
/// Values of one range, two numbers, in another.
ir::Tensor in_range(ir::Tensor x, const std::vector<double>& from, const std::vector<double>& to);
/// Whether a range is two numbers.
Status check_value_range(const std::vector<double>& value_range);
/// Whether the factor is a number or two, in [least, most].
Status check_factor(std::string_view option, const std::vector<double>& factor, double least,
                    double most);

/// Mirrored, with probability 1/2: "horizontal", "vertical", or "horizontal_and_vertical", in both
/// directions at once.
class RandomFlip : public RandomImageLayer {
 public:
  explicit RandomFlip(std::string mode = "horizontal_and_vertical",
                      std::optional<int64_t> seed = {}, std::string layer_name = "")
      : RandomImageLayer(seed), mode_(std::move(mode)) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "RandomFlip"; }
  OptionList option_list() override;

  Status check_options() const override;
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;

 private:
  std::string mode_;
};

/// What layers have in common that draw a number for each image from a factor's range, and whose
/// values have a range.
class RandomColor : public RandomImageLayer {
 public:
  OptionList option_list() override;
  Status check_options() const override;

 protected:
  RandomColor(std::vector<double> factor, std::vector<double> value_range,
              std::optional<int64_t> seed, double least, double most = 1)
      : RandomImageLayer(seed),
        factor_(std::move(factor)),
        value_range_(std::move(value_range)),
        least_(least),
        most_(most) {}

  /// Whether a config may lack the factor.
  virtual bool has_default_factor() const { return false; }
  /// i1 [batch, 1, 1, 1]: true with a probability that is drawn from the factor's range.
  ir::Tensor happens(CallContext& context, ir::Tensor x) const;
  FactorRange range() const { return factor_range(factor_, least_); }
  double lowest() const;
  double highest() const;

  std::vector<double> factor_, value_range_;
  double least_, most_;
};

/// An image plus a part, drawn from the factor's range, of the value range's length.
class RandomBrightness : public RandomColor {
 public:
  explicit RandomBrightness(std::vector<double> factor, std::vector<double> value_range = {0, 255},
                            std::optional<int64_t> seed = {})
      : RandomColor(std::move(factor), std::move(value_range), seed, -1) {}
  std::string_view class_name() const override { return "RandomBrightness"; }
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;
};

/// The distance to each channel's mean times a number from 1 - low to 1 + high.
class RandomContrast : public RandomColor {
 public:
  explicit RandomContrast(std::vector<double> factor, std::vector<double> value_range = {0, 255},
                          std::optional<int64_t> seed = {})
      : RandomColor(std::move(factor), std::move(value_range), seed, 0) {}
  std::string_view class_name() const override { return "RandomContrast"; }
  ir::Tensor changed(CallContext& context, ir::Tensor x) const override;
};

}  // namespace kiln::keras
