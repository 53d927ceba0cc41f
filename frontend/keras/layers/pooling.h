// Pooling layers: MaxPooling1D to 3D, AveragePooling1D to 3D.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/pool.h"
#include "frontend/keras/layers/base/sliding_window.h"

namespace kiln::keras {

struct PoolingOptions {
  Extents pool_size = 2;
  Extents strides = {};           ///< empty: the pool size
  std::string padding = "valid";  ///< or "same"
  DataFormat data_format = DataFormat::channels_last;
  std::string name = "";
};

/// The maximum or mean of each window, channel by channel; padding counts for nothing. [batch,
/// spatial..., channels] to [batch, fewer spatial..., channels].
class Pooling : public Layer {
 public:
  Pooling(Pool pool, size_t rank, PoolingOptions options);

  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  SlidingWindow window() const;

  Pool pool_;
  size_t rank_;
  PoolingOptions options_;
};

/// The layer of one kind and rank.
template <Pool kPool, size_t kRank>
class PoolingOfRank : public Pooling {
 public:
  explicit PoolingOfRank(PoolingOptions options) : Pooling(kPool, kRank, std::move(options)) {}
  explicit PoolingOfRank(int64_t pool_size = 2)
      : PoolingOfRank(PoolingOptions{.pool_size = pool_size}) {}
  PoolingOfRank(std::initializer_list<int64_t> pool_size)
      : PoolingOfRank(PoolingOptions{.pool_size = pool_size}) {}
  std::string_view class_name() const override {
    constexpr std::string_view kNames[2][3] = {
        {"MaxPooling1D", "MaxPooling2D", "MaxPooling3D"},
        {"AveragePooling1D", "AveragePooling2D", "AveragePooling3D"}};
    return kNames[kPool == Pool::average][kRank - 1];
  }
};

using MaxPooling1D = PoolingOfRank<Pool::maximum, 1>;
using MaxPooling2D = PoolingOfRank<Pool::maximum, 2>;
using MaxPooling3D = PoolingOfRank<Pool::maximum, 3>;
using AveragePooling1D = PoolingOfRank<Pool::average, 1>;
using AveragePooling2D = PoolingOfRank<Pool::average, 2>;
using AveragePooling3D = PoolingOfRank<Pool::average, 3>;

}  // namespace kiln::keras
