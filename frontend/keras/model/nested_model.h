// A model that is a layer of another one.
#pragma once

#include <memory>
#include <vector>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/model/model.h"

namespace kiln::keras {

/// Applies all layers of a model. Its weights are called "LAYER/WEIGHT", in the model's order.
class NestedModel : public Layer {
 public:
  /// The layer is called as the model is.
  explicit NestedModel(Model model);

  const Model& model() const { return model_; }

  std::string_view class_name() const override { return model_.class_name; }
  /// As many inputs as the model has, each of its input's shape.
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  int64_t index_limit(size_t input) const override;
  bool takes_indices(size_t input) const override;
  std::optional<runtime::TextRules> text_rules(size_t input) const override;
  bool is_stateful() const override;
  void set_trainable(bool value) override;

 private:
  Model model_;
};

}  // namespace kiln::keras
