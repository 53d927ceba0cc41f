// Larger sequences and images.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/options/data_format.h"
#include "frontend/keras/options/extents.h"

namespace kiln::keras {

/// Every step `size` times: [batch, steps, features] to [batch, size * steps, features].
class UpSampling1D : public Layer {
 public:
  explicit UpSampling1D(int64_t size = 2, std::string layer_name = "") : size_(size) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "UpSampling1D"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  int64_t size_;
};

struct UpSampling2DOptions {
  std::array<int64_t, 2> size = {2, 2};  ///< factors of height and width
  DataFormat data_format = DataFormat::channels_last;
  std::string interpolation = "nearest";  ///< or one between the centres of pixels: "bilinear", ...
  std::string name = "";
};

/// An image with more pixels.
class UpSampling2D : public Layer {
 public:
  explicit UpSampling2D(UpSampling2DOptions options = {});

  std::string_view class_name() const override { return "UpSampling2D"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  UpSampling2DOptions options_;
};

struct UpSampling3DOptions {
  Extents size = 2;  ///< factors of depth, height and width
  DataFormat data_format = DataFormat::channels_last;
  std::string name = "";
};

/// A volume with every element several times.
class UpSampling3D : public Layer {
 public:
  explicit UpSampling3D(UpSampling3DOptions options = {});

  std::string_view class_name() const override { return "UpSampling3D"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  std::array<int64_t, 3> factors() const;

  UpSampling3DOptions options_;
};

}  // namespace kiln::keras
