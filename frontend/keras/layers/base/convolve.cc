#include "frontend/keras/layers/base/convolve.h"

namespace kiln::keras {

ir::Convolution convolution_of(const SlidingWindow& window, const ir::Shape& input) {
  ir::Convolution c = ir::Convolution::channels_last(window.rank);
  c.input_feature = c.output_feature = window.channel_dimension();
  for (size_t i = 0; i < window.rank; ++i) {
    const int64_t dimension = window.spatial_dimension(i);
    const Edges edges = window.edges(i, input[static_cast<size_t>(dimension)]);
    c.input_spatial[i] = c.output_spatial[i] = dimension;
    c.window_strides[i] = window.strides[i];
    c.padding_low[i] = edges.low;
    c.padding_high[i] = edges.high;
    c.rhs_dilation[i] = window.dilation[i];
  }
  return c;
}

ir::Tensor depthwise_convolution(ir::Tensor x, ir::Tensor kernel, const SlidingWindow& window) {
  ir::Shape shape = kernel.shape();
  const int64_t channels = shape[window.rank];
  shape[window.rank] = 1;
  shape.back() *= channels;
  ir::Convolution c = convolution_of(window, x.shape());
  c.feature_group_count = channels;
  return convolution(x, reshape(kernel, shape), c);
}

}  // namespace kiln::keras
