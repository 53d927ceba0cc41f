// Elements whose places are data: gather and scatter as formulas.
#pragma once

#include "ir/builder.h"
#include "ir/ops/indexing.h"

namespace kiln::ir {

/// x's slices along `axis` at the indices (integers of any shape), whose dimensions take the axis's
/// place. An index out of range becomes the nearest.
Tensor take(Tensor x, Tensor indices, int64_t axis);

/// x with updates[i...] added to its row indices[i...]; rows out of range are dropped.
Tensor add_rows(Tensor x, Tensor indices, Tensor updates);

/// x's elements or slices at the index vectors.
Tensor gather(Tensor x, Tensor indices, const GatherDimensions& dimensions);

/// x with each row of `updates` (shaped as gather's result) added at its index; rows whose index is
/// out of range are dropped.
Tensor scatter_add(Tensor x, Tensor indices, Tensor updates, const GatherDimensions& dimensions);

}  // namespace kiln::ir
