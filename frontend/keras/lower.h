// From a model's definition to IR: its variables and one function per Keras step.
#pragma once

#include <cstdint>
#include <vector>

#include "frontend/keras/model.h"
#include "ir/module.h"
#include "runtime/expected.h"

namespace kiln::keras {

struct LowerOptions {
  int64_t batch = 32;  ///< rows in one call of a step
  /// For each input, its shape without the batch, where the model leaves extents open; empty
  /// where it does not.
  std::vector<ir::Shape> input_shapes = {};
};

/// The model as a module; kiln_function (runtime/abi.h) says what its functions take and give.
///   init, predict_step     always
///   train_step, test_step  where the model was compiled (compile_options); train_step holds one
///                          `gradient` op
///   finalize               where the optimizer keeps moving averages: they become the weights
/// Variables: weights "dense/kernel" in Keras's order; "optimizer/iterations",
/// "optimizer/learning_rate" (but under a schedule) and slots "optimizer/dense/kernel/momentum" in Keras's order; running
/// means "metrics/loss/total", "metrics/loss/count", ... The module's attributes are `loss`,
/// `label_classes` and `summary`; a step's is `batch`.
Expected<ir::Module> lower(const Model& model, const LowerOptions& options = {});

}  // namespace kiln::keras
