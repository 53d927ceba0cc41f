// Elements whose places are data: gather and scatter as formulas.
#pragma once

#include "ir/builder.h"

namespace kiln::ir {

/// x's slices along `axis` at the indices (integers of any shape), whose dimensions take the axis's
/// place. An index out of range becomes the nearest.
Tensor take(Tensor x, Tensor indices, int64_t axis);

/// x with updates[i...] added to its row indices[i...]; rows out of range are dropped.
Tensor add_rows(Tensor x, Tensor indices, Tensor updates);

/// Dimension numbers of gather and scatter, by StableHLO's names for gather.
struct GatherDimensions {
  Integers offset, collapsed_slice, start_index_map;
  int64_t index_vector;
};
Tensor gather(Tensor x, Tensor indices, const GatherDimensions& dimensions);

/// x with each row of `updates` (shaped as gather's result) added at its index; rows whose index is
/// out of range are dropped.
Tensor scatter_add(Tensor x, Tensor indices, Tensor updates, const GatherDimensions& dimensions);

}  // namespace kiln::ir
