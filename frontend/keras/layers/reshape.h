// Other shapes and orders of the same elements.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// A row's elements in another shape; one extent may be -1: what is left for it.
class Reshape : public Layer {
 public:
  explicit Reshape(std::vector<int64_t> target_shape, std::string layer_name = "")
      : target_shape_(std::move(target_shape)) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "Reshape"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  std::vector<int64_t> target_shape_;
};

/// A row's dimensions in another order: dimension i of the output is dims[i] of the input, counted
/// from 1, the first after the batch.
class Permute : public Layer {
 public:
  explicit Permute(std::vector<int64_t> dims, std::string layer_name = "")
      : dims_(std::move(dims)) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "Permute"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  std::vector<int64_t> dims_;
};

/// [batch, features] to [batch, n, features].
class RepeatVector : public Layer {
 public:
  explicit RepeatVector(int64_t n, std::string layer_name = "") : n_(n) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "RepeatVector"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  int64_t n_;
};

/// x itself.
class Identity : public Layer {
 public:
  explicit Identity(std::string layer_name = "") { name = std::move(layer_name); }

  std::string_view class_name() const override { return "Identity"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  bool passes_mask() const override { return true; }
};

}  // namespace kiln::keras
