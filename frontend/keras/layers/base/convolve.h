// Convolutions of a tensor with a kernel: what convolution layers and operations compute.
#pragma once

#include "frontend/keras/layers/base/sliding_window.h"
#include "ir/builder.h"
#include "ir/ops/convolution.h"

namespace kiln::keras {

/// The attributes of the op that slides a kernel [spatial..., inputs, outputs] over an input of
/// that shape.
ir::Convolution convolution_of(const SlidingWindow& window, const ir::Shape& input);

/// Slides kernel [spatial..., channels, multiplier] over the channels of x.
ir::Tensor depthwise_convolution(ir::Tensor x, ir::Tensor kernel, const SlidingWindow& window);

}  // namespace kiln::keras
