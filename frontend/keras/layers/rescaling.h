// Fixed scales of the inputs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "frontend/keras/config_reader.h"
#include "frontend/keras/layers/same_shape.h"

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
  static Expected<LayerPointer> read(ConfigReader& config);

  std::string_view class_name() const override { return "Rescaling"; }
  void write_config(Json& config) const override;

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
  explicit Normalization(NormalizationOptions options = {});
  static Expected<LayerPointer> read(ConfigReader& config);

  std::string_view class_name() const override { return "Normalization"; }
  void write_config(Json& config) const override;

 private:
  Expected<std::vector<WeightSpec>> weights(const LayerInput& input) const override;
  ir::Tensor function(CallContext& context, ir::Tensor x) const override;

  NormalizationOptions options_;
};

}  // namespace kiln::keras
