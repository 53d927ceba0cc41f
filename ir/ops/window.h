// Windows that slide over a tensor: the geometry that convolution, reduce_window and
// select_and_scatter share. https://openxla.org/stablehlo/spec#convolution
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ir/ops/index.h"

namespace kiln::ir {

/// A window along one dimension. The base has `base_dilation` - 1 gaps between neighbours and
/// padding around it; negative padding crops. The window's elements are `dilation` apart.
struct WindowDimension {
  int64_t base = 0;  ///< the extent that the window slides over
  int64_t size = 1;  ///< elements of the window
  int64_t stride = 1;
  int64_t padding_low = 0;
  int64_t padding_high = 0;
  int64_t base_dilation = 1;
  int64_t dilation = 1;

  /// What is wrong with it: not positive, or so large that extents would overflow.
  std::optional<std::string> problem() const;
  /// Extent of the base with its gaps, without padding.
  int64_t dilated_base() const { return dilated(base, base_dilation); }
  /// From the window's first element to past its last.
  int64_t dilated_size() const { return dilated(size, dilation); }
  /// Positions of the window; 0 where it does not fit.
  int64_t count() const;
  /// The base element under element `offset` of the window at `position`; -1 for padding and gaps.
  int64_t base_index(int64_t position, int64_t offset) const;

 private:
  static int64_t dilated(int64_t extent, int64_t dilation) {
    return extent == 0 ? 0 : (extent - 1) * dilation + 1;
  }
};

/// The positions of the window along each dimension.
Shape window_counts(std::span<const WindowDimension> windows);

/// Calls visit(offset, index) for every element of the window at `position` that lies on an element
/// of the base: its index in the window and that element's index, row-major.
template <typename Visit>
void for_each_window_element(std::span<const WindowDimension> windows, const Shape& position,
                             Visit visit) {
  Shape sizes;
  for (const WindowDimension& window : windows) sizes.push_back(window.size);
  Shape index(windows.size());
  for_each_index(sizes, [&](const Shape& offset) {
    for (size_t d = 0; d < windows.size(); ++d) {
      index[d] = windows[d].base_index(position[d], offset[d]);
      if (index[d] < 0) return;
    }
    visit(offset, static_cast<const Shape&>(index));
  });
}

}  // namespace kiln::ir
