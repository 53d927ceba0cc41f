// What pooling makes of the elements under a window.
#pragma once

#include "frontend/keras/layers/base/sliding_window.h"
#include "ir/builder.h"

namespace kiln::keras {

enum class Pool { maximum, average };

/// The maximum or mean under each position of the window, channel by channel; padding counts for
/// nothing. x is f32 and fits the window.
ir::Tensor pool(Pool kind, ir::Tensor x, const SlidingWindow& window);

/// The maximum or mean of `windows` runs of elements that cover a dimension evenly: run i of n
/// elements is from floor(i n / windows) to ceil((i + 1) n / windows).
ir::Tensor adaptive_pool(Pool kind, ir::Tensor x, int64_t dimension, int64_t windows);

}  // namespace kiln::keras
