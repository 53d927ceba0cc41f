// Pooling to a fixed number of positions: AdaptiveAveragePooling1D to 3D, AdaptiveMaxPooling1D to 3D.
#pragma once

#include <string>
#include <string_view>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/pooling.h"

namespace kiln::keras {

struct AdaptivePoolingOptions {
  Extents output_size = {};  ///< positions along each spatial dimension
  DataFormat data_format = DataFormat::channels_last;
  std::string name = "";
};

/// The mean or maximum of each channel over windows that cover an image evenly: window i of m along
/// a dimension of n elements is from floor(i n / m) to ceil((i + 1) n / m).
class AdaptivePooling : public Layer {
 public:
  AdaptivePooling(Pool pool, size_t rank, AdaptivePoolingOptions options);

  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  Pool pool_;
  size_t rank_;
  AdaptivePoolingOptions options_;
};

/// The layer of one kind and rank.
template <Pool kPool, size_t kRank>
class AdaptivePoolingOfRank : public AdaptivePooling {
 public:
  explicit AdaptivePoolingOfRank(AdaptivePoolingOptions options)
      : AdaptivePooling(kPool, kRank, std::move(options)) {}
  std::string_view class_name() const override {
    constexpr std::string_view kNames[2][3] = {
        {"AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D"},
        {"AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D"}};
    return kNames[kPool == Pool::average][kRank - 1];
  }
};

using AdaptiveMaxPooling1D = AdaptivePoolingOfRank<Pool::maximum, 1>;
using AdaptiveMaxPooling2D = AdaptivePoolingOfRank<Pool::maximum, 2>;
using AdaptiveMaxPooling3D = AdaptivePoolingOfRank<Pool::maximum, 3>;
using AdaptiveAveragePooling1D = AdaptivePoolingOfRank<Pool::average, 1>;
using AdaptiveAveragePooling2D = AdaptivePoolingOfRank<Pool::average, 2>;
using AdaptiveAveragePooling3D = AdaptivePoolingOfRank<Pool::average, 3>;

}  // namespace kiln::keras
