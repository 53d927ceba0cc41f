// What reduce_window and select_and_scatter slide over their operand.
#pragma once

#include <vector>

#include "ir/op.h"
#include "ir/ops/window.h"

namespace kiln::ir {

/// How a window slides over a tensor, one entry per dimension. For the builder an empty list stands
/// for ones, padding's for zeros.
struct Window {
  Integers dimensions = {}, strides = {}, padding_low = {}, padding_high = {}, base_dilations = {};

  /// Of a reduce_window or a select_and_scatter; no list is empty unless the rank is 0.
  static Window of(const Op& op);
};

/// The window along every dimension of operand 0 of such an op.
std::vector<WindowDimension> windows_of(const Op& op);

}  // namespace kiln::ir
