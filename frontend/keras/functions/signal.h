// What passes from layer to layer, to losses and to metrics.
#pragma once

#include "ir/builder.h"

namespace kiln::keras {

/// A tensor between layers. `logits` is what a softmax or sigmoid was computed from: a
/// cross-entropy goes on from there, as Keras's does on TensorFlow. Null for all other tensors.
/// `mask`: i1, the first dimensions of the tensor ([batch, time]); positions where it is false are
/// padding and count for nothing. Null where all count.
struct Signal {
  ir::Tensor tensor;
  ir::Tensor logits = {};
  ir::Tensor mask = {};
  /// The mask is no longer with the tensor: only layers with an argument for it (takes_mask()) see
  /// it, which Keras connects as the model is put together.
  bool mask_is_hidden = false;

  /// The mask that is with the tensor.
  ir::Tensor own_mask() const { return mask_is_hidden ? ir::Tensor{} : mask; }
};

/// `first`, which has a shape's first dimensions (a mask, weights of rows), in that shape.
ir::Tensor spread(ir::Tensor first, const ir::Shape& shape);

}  // namespace kiln::keras
