// Layers that make one tensor of several.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// An elementwise function of two inputs or more, which broadcast against each other as in NumPy;
/// those of fewer dimensions get more of extent 1 after the batch. Where all are masked, the output
/// is masked where all hide it.
class MergeLayer : public Layer {
 public:
  explicit MergeLayer(std::string layer_name) { name = std::move(layer_name); }

  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;

 private:
  ir::Tensor merged_mask(CallContext& context, std::span<const Signal> inputs) const;
  /// Of values that broadcast. Masks are in their tensors' shapes; there are none where the inputs
  /// have different ranks.
  virtual ir::Tensor merge(const std::vector<Signal>& values) const = 0;
};

/// The sum of its inputs.
class Add : public MergeLayer {
 public:
  explicit Add(std::string layer_name = "") : MergeLayer(std::move(layer_name)) {}
  std::string_view class_name() const override { return "Add"; }

 private:
  ir::Tensor merge(const std::vector<Signal>& values) const override;
};

/// The first of two inputs less the second.
class Subtract : public MergeLayer {
 public:
  explicit Subtract(std::string layer_name = "") : MergeLayer(std::move(layer_name)) {}
  std::string_view class_name() const override { return "Subtract"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;

 private:
  ir::Tensor merge(const std::vector<Signal>& values) const override;
};

/// The product of its inputs. A masked one counts as 1; where all are masked, the product is 0.
class Multiply : public MergeLayer {
 public:
  explicit Multiply(std::string layer_name = "") : MergeLayer(std::move(layer_name)) {}
  std::string_view class_name() const override { return "Multiply"; }

 private:
  ir::Tensor merge(const std::vector<Signal>& values) const override;
};

/// The mean of its inputs.
class Average : public MergeLayer {
 public:
  explicit Average(std::string layer_name = "") : MergeLayer(std::move(layer_name)) {}
  std::string_view class_name() const override { return "Average"; }

 private:
  ir::Tensor merge(const std::vector<Signal>& values) const override;
};

/// The largest of its inputs, element by element; of those that are not masked, if there are some.
class Maximum : public MergeLayer {
 public:
  explicit Maximum(std::string layer_name = "") : MergeLayer(std::move(layer_name)) {}
  std::string_view class_name() const override { return "Maximum"; }

 private:
  ir::Tensor merge(const std::vector<Signal>& values) const override;
};

/// The smallest of its inputs, element by element; of those that are not masked, if there are some.
class Minimum : public MergeLayer {
 public:
  explicit Minimum(std::string layer_name = "") : MergeLayer(std::move(layer_name)) {}
  std::string_view class_name() const override { return "Minimum"; }

 private:
  ir::Tensor merge(const std::vector<Signal>& values) const override;
};

/// Its inputs one after the other along an axis; negative axes count from the last, -1. Masks go
/// the same way, along the last axis as Keras has it: a position is masked where all inputs are.
class Concatenate : public Layer {
 public:
  explicit Concatenate(int64_t axis = -1, std::string layer_name = "") : axis_(axis) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "Concatenate"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  ir::Tensor joined_mask(CallContext& context, std::span<const Signal> inputs, int64_t axis) const;

  int64_t axis_;
};

/// The products of two inputs' rows, summed over an axis of each: [batch, a..., n] and [batch,
/// b..., n] to [batch, a..., b...], of one dimension at least. One axis: the same in both.
class Dot : public Layer {
 public:
  explicit Dot(std::vector<int64_t> axes, bool normalize = false, std::string layer_name = "")
      : axes_(std::move(axes)), normalize_(normalize) {
    name = std::move(layer_name);
  }
  explicit Dot(int64_t axis, bool normalize = false) : Dot(std::vector{axis}, normalize) {}

  std::string_view class_name() const override { return "Dot"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  std::vector<int64_t> axes_;
  bool normalize_;  ///< rows to length 1 along their axis before
};

}  // namespace kiln::keras
