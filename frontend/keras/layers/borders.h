// Borders of sequences and images: zeros added around, or a margin cut off.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/options/data_format.h"

namespace kiln::keras {

/// Before and after the elements, along one dimension.
using Border = std::array<int64_t, 2>;

/// One border for each of 1 to 3 spatial dimensions; from C++ also one number for all.
template <size_t Dimensions>
struct Borders {
  std::array<Border, Dimensions> sides;

  Borders(int64_t all) { sides.fill({all, all}); }
  Borders(std::array<Border, Dimensions> each) : sides(each) {}
};

/// Zeros around a row's spatial dimensions.
template <size_t Dimensions>
class ZeroPadding : public Layer {
 public:
  explicit ZeroPadding(Borders<Dimensions> padding = 1,
                       DataFormat data_format = DataFormat::channels_last,
                       const std::string& layer_name = "")
      : padding_(padding), data_format_(data_format) {
    name = layer_name;
  }

  std::string_view class_name() const override;
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  Borders<Dimensions> padding_;
  DataFormat data_format_;
};

/// A row's spatial dimensions without their borders.
template <size_t Dimensions>
class Cropping : public Layer {
 public:
  explicit Cropping(Borders<Dimensions> cropping = Dimensions == 2 ? 0 : 1,
                    DataFormat data_format = DataFormat::channels_last,
                    const std::string& layer_name = "")
      : cropping_(cropping), data_format_(data_format) {
    name = layer_name;
  }

  std::string_view class_name() const override;
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  Borders<Dimensions> cropping_;
  DataFormat data_format_;
};

using ZeroPadding1D = ZeroPadding<1>;
using ZeroPadding2D = ZeroPadding<2>;
using ZeroPadding3D = ZeroPadding<3>;
using Cropping1D = Cropping<1>;
using Cropping2D = Cropping<2>;
using Cropping3D = Cropping<3>;

}  // namespace kiln::keras
