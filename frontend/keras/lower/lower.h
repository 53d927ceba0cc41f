// From a model's definition to IR: its variables and one function per Keras step.
#pragma once

#include <cstdint>
#include <vector>

#include "frontend/keras/model/graph.h"
#include "frontend/keras/model/model.h"
#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// Weights of the examples in loss and weighted metrics. A step that takes them needs them in every
/// call.
enum class SampleWeights {
  none,
  per_row,    ///< one for each example
  per_value,  ///< one for each value of the loss: for each time step of a sequence
};

/// What a model is lowered for. Each needs less of compile()'s arguments than the one before it.
enum class Purpose {
  train,     ///< the optimizer, losses and metrics
  evaluate,  ///< losses and metrics
  predict,   ///< nothing
};

struct LowerOptions {
  int64_t batch = 32;      ///< rows in one call of a step: default_batch(), where states are kept
  int64_t test_batch = 0;  ///< of test_step; 0: the same
  SampleWeights sample_weights = SampleWeights::none;
  /// Closes the extents that the model leaves open.
  InputShapes input_shapes = {};
  /// Further shapes, each with steps of its own, "train_step.8x2" for inputs of 8x2. They share the
  /// variables.
  std::vector<InputShapes> further_shapes = {};
  Purpose purpose = Purpose::train;
};

/// Rows of a call where no one says how many: what a model declares whose layers keep states from
/// batch to batch, else `usual`.
Expected<int64_t> default_batch(const Model& model, int64_t usual = LowerOptions().batch);

/// The model as a module; kiln_function (runtime/base/abi.h) says what its functions take and give.
///   init, predict_step     always
///   train_step, test_step  where the model was compiled (compile_options); train_step holds one
///                          `gradient` op
///   finalize               where the optimizer keeps moving averages: they become the weights
/// What the purpose does not need is left out with its variables, and not looked at.
/// Variables: weights "dense/kernel" in Keras's order; "optimizer/iterations",
/// "optimizer/learning_rate" (but under a schedule) and slots "optimizer/dense/kernel/momentum" in
/// Keras's order; running means "metrics/loss/total", "metrics/loss/count", ... A state that a
/// recurrent layer keeps from batch to batch has the attribute `recurrent_state`, that of a random
/// generator `random_state`. The module's attributes are `inputs` and `outputs` (their names),
/// `index_limits` (one for each input; 0 where it takes any numbers), `text_rules` (one for each
/// input, "" where it takes no texts; only where one does), `losses` and `label_classes` (one for
/// each output; "" and 0 where the output has none), and `summary`; a step's is `batch`.
Expected<ir::Module> lower(const Model& model, const LowerOptions& options = {});

}  // namespace kiln::keras
