// What layers with a weight called "kernel" and one called "bias" have in common.
#pragma once

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// How these weights begin, what they add to the loss, and what holds them.
template <typename Options>
OptionList weight_options(Options& o, Regularizer& activity_regularizer) {
  return {{"kernel_initializer", &o.kernel_initializer, "first values of the kernel"},
          {"bias_initializer", &o.bias_initializer, "first values of the bias"},
          {"kernel_regularizer", &o.kernel_regularizer, "what the kernel adds to the loss"},
          {"bias_regularizer", &o.bias_regularizer, "what the bias adds to the loss"},
          {"activity_regularizer", &activity_regularizer, "what the outputs add to the loss"},
          {"kernel_constraint", &o.kernel_constraint, "on the kernel after each update"},
          {"bias_constraint", &o.bias_constraint, "on the bias after each update"}};
}

}  // namespace kiln::keras
