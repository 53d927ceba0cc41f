// Fixed scales of the inputs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "frontend/keras/layers/base/same_shape.h"

namespace kiln::keras {

/// x · scale + offset; one number, or one for each element of the last dimension.
class Rescaling : public SameShapeLayer {
 public:
  explicit Rescaling(std::vector<double> scale, std::vector<double> offset = {0},
                     std::string layer_name = "")
      : scale_(std::move(scale)), offset_(std::move(offset)) {
    name = std::move(layer_name);
  }
  explicit Rescaling(double scale, double offset = 0)
      : Rescaling(std::vector{scale}, std::vector{offset}) {}

  std::string_view class_name() const override { return "Rescaling"; }
  OptionList option_list() override;

 private:
  Expected<std::vector<WeightSpec>> weights(const LayerInput& input) const override;
  ir::Tensor function(CallContext& context, ir::Tensor x) const override;

  std::vector<double> scale_, offset_;
};

struct NormalizationOptions {
  std::vector<int64_t> axis = {
      -1};  ///< with statistics for each of their positions; empty: one for all
  std::vector<double> mean = {};  ///< one number, or one a position; empty: a weight
  std::vector<double> variance = {};
  bool invert = false;  ///< back to what was normalized
  std::string name = "";
};

/// (x - mean) / sqrt(variance), with statistics that the options or the weights hold.
class Normalization : public SameShapeLayer {
 public:
  /// Of data: one number for each position of the axes.
  struct Statistics {
    std::vector<double> mean, variance;
    friend bool operator==(const Statistics&, const Statistics&) = default;
  };

  explicit Normalization(NormalizationOptions options = {});

  /// What Keras's adapt() does once it has seen the data (frontend/adapt_normalization.h): the weights of the
  /// layer, and of its copies, get these values.
  void set_statistics(Statistics statistics) { *adapted_ = std::move(statistics); }
  const std::optional<Statistics>& adapted() const { return *adapted_; }
  /// The positions of its statistics are along these; see NormalizationOptions.
  const std::vector<int64_t>& axis() const { return options_.axis; }
  /// Whether the weights hold the statistics, not the options.
  bool takes_statistics() const { return options_.mean.empty(); }

  std::string_view class_name() const override { return "Normalization"; }
  OptionList option_list() override;

 private:
  Expected<std::vector<WeightSpec>> weights(const LayerInput& input) const override;
  ir::Tensor function(CallContext& context, ir::Tensor x) const override;

  NormalizationOptions options_;
  std::shared_ptr<std::optional<Statistics>> adapted_;  ///< one for all copies
};

}  // namespace kiln::keras
