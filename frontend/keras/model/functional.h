// Models put together by applying layers, as with Keras's functional API:
//
//   auto x = Callable<Input>({784});
//   auto h = Callable<Dense>(64, "relu")(x);
//   auto y = Callable<Dense>(10, "softmax")(h);
//   Model model = functional({x}, {y});
//
// frontend/kiln.h gives these classes their short names.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/input.h"
#include "frontend/keras/model/model.h"

namespace kiln::keras {

/// What a layer gives, before there is data: Keras's KerasTensor. Copies stand for the same.
class KerasTensor {
 public:
  /// One application of a layer.
  struct Application {
    LayerPointer layer;
    std::vector<KerasTensor> inputs;  ///< none: an Input
  };

  /// The first result of a layer applied to these; each call is another application.
  KerasTensor(LayerPointer layer, std::vector<KerasTensor> inputs);
  /// Another result of the same application: an LSTM's state.
  KerasTensor output(size_t index) const;

  const std::shared_ptr<const Application>& application() const { return application_; }
  size_t output_index() const { return output_; }

 private:
  std::shared_ptr<const Application> application_;
  size_t output_ = 0;
};

/// The model between these inputs and outputs. Layers are ordered as Keras does, which decides the
/// order of the weights; layers without a name get Keras's in that order. That an output depends on
/// an Input which is not among the inputs is an error when the model is built.
Model functional(const std::vector<KerasTensor>& inputs, const std::vector<KerasTensor>& outputs,
                 std::string name = "functional");

/// A layer that can be applied. Copies are the same layer: applied twice, they share weights.
template <std::derived_from<Layer> T>
class Callable : public T {
 public:
  using T::T;

  KerasTensor operator()(const KerasTensor& input) const { return {pointer(), {input}}; }
  KerasTensor operator()(std::vector<KerasTensor> inputs) const {
    return {pointer(), std::move(inputs)};
  }
  /// An Input is where tensors begin.
  operator KerasTensor() const requires std::same_as<T, Input> {
    if (!*input_) *input_ = std::make_shared<KerasTensor>(pointer(), std::vector<KerasTensor>());
    return **input_;
  }
  /// The one layer that all copies stand for. Also where a list of layers is wanted.
  const LayerPointer& pointer() const {
    if (!*layer_) *layer_ = std::make_shared<T>(static_cast<const T&>(*this));
    return *layer_;
  }

 private:
  std::shared_ptr<LayerPointer> layer_ = std::make_shared<LayerPointer>();
  std::shared_ptr<std::shared_ptr<KerasTensor>> input_ =
      std::make_shared<std::shared_ptr<KerasTensor>>();
};

}  // namespace kiln::keras
