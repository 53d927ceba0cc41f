// A recurrent layer in both directions.
#pragma once

#include <memory>
#include <string>

#include "frontend/keras/layers/base/recurrent_layer.h"

namespace kiln::keras {

/// Runs a recurrent layer forwards and another backwards, and merges their outputs by merge_mode:
/// concat (along the features), sum, mul, ave; or null, empty here: both, one after the other. With
/// return_state the forward layer's states follow, then the backward layer's. Further inputs are
/// the initial states, in that order.
class Bidirectional : public Layer {
 public:
  /// Without a backward layer: the same layer, in the other direction.
  explicit Bidirectional(std::shared_ptr<RecurrentLayer> layer, std::string merge_mode = "concat",
                         std::shared_ptr<RecurrentLayer> backward_layer = nullptr);
  template <std::derived_from<RecurrentLayer> T>
  explicit Bidirectional(T layer, std::string merge_mode = "concat")
      : Bidirectional(std::make_shared<T>(std::move(layer)), std::move(merge_mode)) {}

  std::string_view class_name() const override { return "Bidirectional"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  void options_were_read() override;
  bool takes_mask() const override { return true; }
  bool is_stateful() const override { return forward_->is_stateful() || backward_->is_stateful(); }
  std::vector<std::string_view> argument_names() const override {
    return {"sequences", "initial_state"};
  }

 private:
  ir::Tensor merged(ir::Tensor forward, ir::Tensor backward) const;
  Status check_layers() const;

  std::shared_ptr<RecurrentLayer> forward_, backward_;
  std::string merge_mode_;
};

}  // namespace kiln::keras
