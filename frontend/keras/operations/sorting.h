// Elements in order, for operations that are made of them.
#pragma once

#include "frontend/keras/operations/operands.h"

namespace kiln::keras {

/// Whether a comes before b in increasing order: NaN counts as larger than all numbers.
ir::Tensor is_less(ir::Tensor a, ir::Tensor b);
/// x's elements in increasing order along a dimension.
Expected<ir::Tensor> sorted(ir::Tensor x, int64_t dimension);

}  // namespace kiln::keras
