// Pooling over all spatial dimensions: GlobalMaxPooling1D to 3D, GlobalAveragePooling1D to 3D.
#pragma once

#include <string>
#include <string_view>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/pooling.h"

namespace kiln::keras {

struct GlobalPoolingOptions {
  DataFormat data_format = DataFormat::channels_last;
  bool keepdims = false;  ///< the spatial dimensions stay, with extent 1
  std::string name = "";
};

/// The maximum or mean of each channel: [batch, spatial..., channels] to [batch, channels]. A mask
/// counts for the mean over time steps alone.
class GlobalPooling : public Layer {
 public:
  GlobalPooling(Pool pool, size_t rank, GlobalPoolingOptions options);

  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  bool takes_mask() const override { return pool_ == Pool::average && rank_ == 1; }

 private:
  ir::Integers spatial_dimensions() const;
  ir::Tensor mean_of_shown(const CallContext& context, ir::Tensor x, ir::Tensor mask) const;

  Pool pool_;
  size_t rank_;
  GlobalPoolingOptions options_;
};

/// The layer of one kind and rank.
template <Pool kPool, size_t kRank>
class GlobalPoolingOfRank : public GlobalPooling {
 public:
  explicit GlobalPoolingOfRank(GlobalPoolingOptions options = {})
      : GlobalPooling(kPool, kRank, std::move(options)) {}
  std::string_view class_name() const override {
    constexpr std::string_view kNames[2][3] = {
        {"GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D"},
        {"GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"}};
    return kNames[kPool == Pool::average][kRank - 1];
  }
};

using GlobalMaxPooling1D = GlobalPoolingOfRank<Pool::maximum, 1>;
using GlobalMaxPooling2D = GlobalPoolingOfRank<Pool::maximum, 2>;
using GlobalMaxPooling3D = GlobalPoolingOfRank<Pool::maximum, 3>;
using GlobalAveragePooling1D = GlobalPoolingOfRank<Pool::average, 1>;
using GlobalAveragePooling2D = GlobalPoolingOfRank<Pool::average, 2>;
using GlobalAveragePooling3D = GlobalPoolingOfRank<Pool::average, 3>;

}  // namespace kiln::keras
