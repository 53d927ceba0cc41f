// Functions of TensorFlow in functional models. Keras 2 made a layer of each that was called with
// the results of layers: TFOpLambda for tf.reduce_mean(x, axis=1) and x + y, SlicingOpLambda for
// x[:, 0]. Today these are operations of keras.ops.
// Sources: tf_keras/src/layers/core/tf_op_layer.py of tf_keras 2.21; TensorFlow's documentation of
// each function.
#pragma once

#include "frontend/keras/json/json.h"

namespace kiln::keras::legacy {

/// Turns such layers of a functional model's `config` into operations, by a table. Some functions
/// take several. What is not in the table, or is called in a way that no operation knows, stays as
/// it is, for the readers to refuse.
///
/// Of tf.shape(x) alone numbers may come, and only into a shape: tf.reshape(x, [tf.shape(x)[0], 8])
/// is a reshape to [-1, 8].
void modernize_functions(Json& config);

}  // namespace kiln::keras::legacy
