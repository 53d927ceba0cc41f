// What pooling makes of the elements under a window.
#pragma once

#include "frontend/keras/layers/base/sliding_window.h"
#include "ir/builder.h"

namespace kiln::keras {

enum class Pool { maximum, average };

/// The maximum or mean under each position of the window, channel by channel; padding counts for
/// nothing. x is f32 and fits the window.
ir::Tensor pool(Pool kind, ir::Tensor x, const SlidingWindow& window);

}  // namespace kiln::keras
