// Keras's fit, evaluate and predict on a compiled model.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/base/array.h"
#include "runtime/base/expected.h"
#include "runtime/data/arrays.h"
#include "runtime/data/class_weight.h"
#include "runtime/data/examples.h"
#include "runtime/model/session.h"
#include "runtime/model/weights.h"
#include "runtime/training/history.h"
#include "runtime/training/training.h"

namespace kiln::runtime {

/// The arguments of Keras's fit(), by its names: from a command line, and from a program in C++.
struct FitOptions {
  int epochs = 1;  ///< the number of the last epoch, counted from 1, as in Keras
  /// Examples in one step, where a model is compiled for this call. One that is compiled keeps its
  /// own.
  int64_t batch_size = 32;
  /// The part of the examples, in [0, 1), that is kept for validation: the last ones, before
  /// shuffling.
  double validation_split = 0;
  bool shuffle = true;  ///< visit the examples of each pass in a new order
  /// Decides these orders, and the initial weights where this call is the first to need them.
  uint64_t seed = 0;
  int verbose = 1;  ///< 0 nothing, 1 a progress bar, 2 a line an epoch
  /// How much each example counts in the loss and the weighted metrics: [examples], for all outputs
  /// or for each; also [examples, time steps].
  Arrays sample_weight = {};
  ClassWeights class_weight = {};  ///< the same by the example's class, in training alone
  int initial_epoch = 0;           ///< the epoch to begin with, to resume a training
  std::optional<std::pair<Arrays, Arrays>> validation_data = {};  ///< x, y; instead of a split
  int validation_freq = 1;                            ///< validation follows every so many epochs
  std::optional<int64_t> validation_steps = {};       ///< batches to validate on; nothing: all
  std::optional<int64_t> validation_batch_size = {};  ///< nothing: batch_size
  /// Batches of an epoch; nothing: all. With fewer than there are, the next epoch goes on where
  /// this one ended; an epoch ends early with the last batch, and the next begins a new pass.
  std::optional<int64_t> steps_per_epoch = {};
  /// {EarlyStopping({.patience = 3}), ...}, run in this order. ModelCheckpoint writes .npz, and
  /// what `files` knows besides.
  std::vector<CallbackHandle> callbacks = {};
  FILE* log = stdout;      ///< where progress is printed
  WeightFiles files = {};  ///< of a Keras model: .keras and .weights.h5, too
};

/// The arguments of Keras's evaluate().
struct EvaluateOptions {
  int verbose = 1;  ///< as in FitOptions
  Arrays sample_weight = {};
  FILE* log = stdout;
};

/// Trains the model, which goes on from the state it has. Arrays are of the element types of
/// train_step's inputs and, axes of size 1 aside, of their shapes of rows. Values of an epoch are
/// running means over its examples; validation runs after the epoch, with test_step, and reports
/// "val_" names. Wrong data is refused before the first step.
/// While an InterruptGuard lives, Ctrl-C ends the training between two steps: the history says so,
/// the session has the state of the last step, and a checkpoint of BackupAndRestore is up to date.
/// Examples carry their sample weights: `sample_weight` and `validation_data` are for the caller,
/// who makes examples of them. Class weights are for the examples that are trained on.
Expected<History> fit(Session& session, const Examples& examples, const FitOptions& options);

/// The same with explicit validation data; validation_split is ignored, as in Keras. Validation
/// data without examples: there is none.
Expected<History> fit(Session& session, const Examples& examples, const Examples& validation,
                      const FitOptions& options);

/// How many of the first rows are trained on where `validation_split` of them are kept.
int64_t rows_before_split(int64_t rows, double validation_split);

/// The loss and the metrics over all examples.
Expected<Metrics> evaluate(Session& session, const Examples& examples,
                           const EvaluateOptions& options);

/// The model's outputs for every row, [examples, ...] each. `x`: one for each input.
Expected<std::vector<Array>> predict(Session& session, const std::vector<Array>& x);

}  // namespace kiln::runtime
