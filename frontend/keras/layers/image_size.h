// Images in another size: Resizing, CenterCrop, RandomCrop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/options/data_format.h"

namespace kiln::keras {

struct ResizingOptions {
  int64_t height = 0, width = 0;
  std::string interpolation = "bilinear";  ///< or nearest, bicubic, lanczos3, lanczos5
  bool crop_to_aspect_ratio = false;       ///< what is too long is cut off first, at both ends
  bool pad_to_aspect_ratio = false;        ///< what is too short is filled up first, at both ends
  double fill_value = 0;                   ///< with which
  bool antialias = false;  ///< a smaller image has the means of all that its elements cover
  DataFormat data_format = DataFormat::channels_last;
  std::string name = "";
};

/// Images of height x width. Numbers that are no floats are taken only with "nearest".
class Resizing : public Layer {
 public:
  explicit Resizing(ResizingOptions options);

  std::string_view class_name() const override { return "Resizing"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  ResizingOptions options_;
};

struct CenterCropOptions {
  int64_t height = 0, width = 0;
  DataFormat data_format = DataFormat::channels_last;
  std::string name = "";
};

/// The middle of an image; of one that is smaller, the largest part of that aspect ratio, resized.
class CenterCrop : public Layer {
 public:
  explicit CenterCrop(CenterCropOptions options);

  std::string_view class_name() const override { return "CenterCrop"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  CenterCropOptions options_;
};

struct RandomCropOptions {
  int64_t height = 0, width = 0;
  std::optional<int64_t> seed = {};
  DataFormat data_format = DataFormat::channels_last;
  std::string name = "";
};

/// A part of the image of that size, at a place that is drawn for the batch while training. Of
/// images that have that size it is the image. All others are refused: in inference Keras leaves
/// them in their own size, which is not the size that the model's other layers are made for.
class RandomCrop : public Layer {
 public:
  explicit RandomCrop(RandomCropOptions options);

  std::string_view class_name() const override { return "RandomCrop"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  RandomCropOptions options_;
};

}  // namespace kiln::keras
