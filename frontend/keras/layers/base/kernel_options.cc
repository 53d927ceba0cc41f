#include "frontend/keras/layers/base/kernel_options.h"

namespace kiln::keras {

ir::Tensor add_bias(ir::Tensor y, ir::Tensor bias, const SlidingWindow& window) {
  return y + broadcast_in_dim(bias, y.shape(), {window.channel_dimension()});
}

}  // namespace kiln::keras
