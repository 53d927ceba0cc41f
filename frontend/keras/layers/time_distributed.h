// A layer at every time step.
#pragma once

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// Applies a layer to each slice along time: [batch, time, ...] to [batch, time, ...]; of a mask of
/// more dimensions than these two the layer gets the slice, too.
class TimeDistributed : public Layer {
 public:
  explicit TimeDistributed(LayerPointer layer);
  template <std::derived_from<Layer> T>
  explicit TimeDistributed(T layer) : TimeDistributed(std::make_shared<T>(std::move(layer))) {}

  std::string_view class_name() const override { return "TimeDistributed"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  bool passes_mask() const override { return true; }
  bool takes_mask() const override { return true; }
  int64_t index_limit(size_t input) const override { return layer_->index_limit(input); }
  bool takes_indices(size_t input) const override { return layer_->takes_indices(input); }

 private:
  ir::Tensor mask_of_slices(CallContext& context, const Signal& input) const;

  LayerPointer layer_;
};

}  // namespace kiln::keras
