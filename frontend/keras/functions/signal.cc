#include "frontend/keras/functions/signal.h"

#include <numeric>

namespace kiln::keras {

ir::Tensor spread(ir::Tensor first, const ir::Shape& shape) {
  ir::Integers dimensions(static_cast<size_t>(first.rank()));
  std::iota(dimensions.begin(), dimensions.end(), 0);
  return broadcast_in_dim(first, shape, std::move(dimensions));
}

}  // namespace kiln::keras
