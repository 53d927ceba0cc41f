// ActivationFunction functions by Keras's names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/functions/signal.h"
#include "frontend/keras/options/option.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// The name of a function: "relu".
struct ActivationFunction {
  std::string name = "linear";

  ActivationFunction() = default;
  ActivationFunction(const char* name) : name(name) {}
  ActivationFunction(std::string name) : name(std::move(name)) {}
};

/// Whether there is a function of that name.
Status check(const ActivationFunction& activation);

/// The function of x, elementwise (softmax: along the last dimension), under its own location.
/// linear gives x itself.
Signal apply(const ActivationFunction& activation, const Signal& x);

/// x within [low, high]; the derivative passes at the borders, as TensorFlow's does.
ir::Tensor clip(ir::Tensor x, double low, double high);
/// softmax(x) along the last dimension, or over several together.
ir::Tensor softmax(ir::Tensor x);
ir::Tensor softmax(ir::Tensor x, const std::vector<int64_t>& dimensions);
/// log(softmax(x)) along the last dimension.
ir::Tensor log_softmax(ir::Tensor x);
/// log(1 + e^x), without overflow; its derivative at 0 is 1/2.
ir::Tensor softplus(ir::Tensor x);

/// As an option.
const ObjectKind& object_kind(const ActivationFunction*);

}  // namespace kiln::keras
