#include "frontend/keras/layers/base/kernel_options.h"

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

ir::Tensor add_bias(ir::Tensor y, ir::Tensor bias, const SlidingWindow& window) {
  return y + broadcast_in_dim(bias, y.shape(), {window.channel_dimension()});
}

}  // namespace kiln::keras
