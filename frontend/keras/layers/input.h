// Where data enters a model.
#pragma once

#include <string>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

struct InputOptions {
  ir::Shape shape;                ///< without the batch; kNone where open
  std::string dtype = "float32";  ///< or "int32"
  std::string name = "";
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

 private:
  InputOptions options_;
};

/// Keras's names of the element types that models' inputs have.
Expected<ir::ElementType> element_type_of(std::string_view dtype);

}  // namespace kiln::keras
