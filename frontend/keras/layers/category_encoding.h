// Integers and ranges of numbers as vectors: CategoryEncoding, Discretization.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/encoding.h"
#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// Integers in [0, num_tokens) as vectors of f32.
class CategoryEncoding : public Layer {
 public:
  explicit CategoryEncoding(int64_t num_tokens, std::string output_mode = "multi_hot",
                            std::string layer_name = "")
      : encoding_{std::move(output_mode), num_tokens} {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "CategoryEncoding"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  int64_t index_limit(size_t) const override { return encoding_.depth; }

 private:
  Encoding encoding_;
};

/// Which of the ranges between increasing boundaries a number is in; a boundary belongs to the range
/// above it. As i32, or encoded as vectors of f32.
class Discretization : public Layer {
 public:
  explicit Discretization(std::vector<double> bin_boundaries, std::string output_mode = "int",
                          std::string layer_name = "")
      : bin_boundaries_(std::move(bin_boundaries)), output_mode_(std::move(output_mode)) {
    name = std::move(layer_name);
  }

  std::string_view class_name() const override { return "Discretization"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

 private:
  Encoding encoding() const {
    return {output_mode_, static_cast<int64_t>(bin_boundaries_.size()) + 1};
  }

  std::vector<double> bin_boundaries_;
  std::string output_mode_;
  std::optional<int64_t> num_bins_;
  double epsilon_ = 0.01;
};

}  // namespace kiln::keras
