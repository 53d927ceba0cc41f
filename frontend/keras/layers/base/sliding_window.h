// What convolution and pooling layers share: a window that slides over the spatial dimensions, with
// TensorFlow's paddings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/options/data_format.h"
#include "frontend/keras/options/extents.h"

namespace kiln::keras {

/// Zeros (for a maximum: nothing) before and after a dimension.
struct Edges {
  int64_t low = 0;
  int64_t high = 0;
};

/// A layer's window.
struct SlidingWindow {
  size_t rank;                 ///< spatial dimensions
  std::string_view size_name;  ///< what the layer calls its size: kernel_size, pool_size
  Extents size, strides;
  std::string padding = "valid";  ///< valid: none; same: ceil(n / stride) positions; causal: before
  DataFormat data_format = DataFormat::channels_last;
  Extents dilation = 1;

  /// Whether the options make sense; causal padding only where it is allowed.
  Status check(bool allow_causal = false) const;
  /// Whether it has strides or dilation, not both, as Keras's plain convolutions want it.
  Status check_strides_or_dilation() const;
  /// Whether the input is an image (a sequence, a volume) of that rank; the number of its channels.
  Expected<int64_t> channels_of(const LayerInput& input) const;

  int64_t channel_dimension() const {
    return data_format == DataFormat::channels_last ? static_cast<int64_t>(rank) + 1 : 1;
  }
  int64_t spatial_dimension(size_t i) const {
    return first_spatial_dimension(data_format) + static_cast<int64_t>(i);
  }
  /// From the first element under the window along dimension i to past its last.
  int64_t span(size_t i) const { return (size[i] - 1) * dilation[i] + 1; }

  /// Padding of spatial dimension i of extent n.
  Edges edges(size_t i, int64_t n) const;
  /// Positions along spatial dimension i of extent n; kNone for kNone.
  int64_t positions(size_t i, int64_t n) const;
  /// The shape of the layer's result; an error where the window does not fit.
  Expected<ir::Shape> result_shape(const LayerInput& input, int64_t channels) const;
};

}  // namespace kiln::keras
