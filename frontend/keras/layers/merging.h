// Layers that make one tensor of several.
#pragma once

#include <string>

#include "frontend/keras/config_reader.h"
#include "frontend/keras/layer.h"

namespace kiln::keras {

/// The sum of its inputs, which broadcast against each other as in NumPy.
class Add : public Layer {
 public:
  explicit Add(std::string name = "");
  static Expected<LayerPointer> read(ConfigReader& config);

  std::string_view class_name() const override { return "Add"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  void write_config(Json& config) const override;
};

/// Its inputs one after the other along an axis; negative axes count from the last, -1.
class Concatenate : public Layer {
 public:
  explicit Concatenate(int64_t axis = -1, std::string name = "");
  static Expected<LayerPointer> read(ConfigReader& config);

  std::string_view class_name() const override { return "Concatenate"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  void write_config(Json& config) const override;

 private:
  int64_t axis_;
};

}  // namespace kiln::keras
