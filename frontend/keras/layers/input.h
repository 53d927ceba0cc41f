// Where data enters a model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

struct InputOptions {
  ir::Shape shape;  ///< without the batch; kNone where open
  /// Keras's name: float32, float64, int64, int32, int16, int8, uint8, bool or string.
  std::string dtype = "float32";
  std::string name = "";
  /// The rows of every batch; nothing: any number. It counts where layers keep states from batch to
  /// batch; other models take batches of any size all the same.
  std::optional<int64_t> batch = {};
};

/// An input of the model: [batch, shape...]. Takes no inputs itself.
class Input : public Layer {
 public:
  explicit Input(InputOptions options);
  Input(ir::Shape shape, std::string dtype = "float32")
      : Input(InputOptions{.shape = std::move(shape), .dtype = std::move(dtype)}) {}

  std::string_view class_name() const override { return "InputLayer"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;

  const std::string& dtype() const { return options_.dtype; }
  const std::optional<int64_t>& batch() const { return options_.batch; }

 private:
  InputOptions options_;
};

/// Keras's types of inputs. Layers compute with `computed`, f32 or i32; data comes as `stored`, so
/// that numbers which the type does not hold are found.
struct InputType {
  ir::ElementType stored, computed;
};
/// Layers turn a float64 into float32, so it is read as that. Of a string the numbers are computed
/// that a layer of texts defines. Errors: types that would round data.
Expected<InputType> input_type(std::string_view dtype);

}  // namespace kiln::keras
