// Dropout of whole channels.
#pragma once

#include "frontend/keras/layers/base/noise.h"
#include "frontend/keras/options/data_format.h"

namespace kiln::keras {

struct SpatialDropoutOptions {
  double rate = 0.5;  ///< which part of the channels is dropped
  DataFormat data_format = DataFormat::channels_last;
  std::optional<int64_t> seed = {};
  std::string name = "";
};

/// Dropout with one draw for all positions of a channel, over 1, 2 or 3 spatial dimensions. Tompson
/// et al., "Efficient object localization using convolutional networks" (2014).
template <int64_t Dimensions>
class SpatialDropout : public NoiseLayer {
 public:
  explicit SpatialDropout(SpatialDropoutOptions options);
  explicit SpatialDropout(double rate) : SpatialDropout(SpatialDropoutOptions{.rate = rate}) {}

  std::string_view class_name() const override;
  OptionList option_list() override;

 private:
  Status check(const LayerInput& input) const override;
  ir::Tensor noisy(CallContext& context, ir::Tensor x) const override;
  bool takes_one() const override { return true; }

  DataFormat data_format_;
};

using SpatialDropout1D = SpatialDropout<1>;
using SpatialDropout2D = SpatialDropout<2>;
using SpatialDropout3D = SpatialDropout<3>;

}  // namespace kiln::keras
