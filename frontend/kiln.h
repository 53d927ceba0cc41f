// kiln from C++, in Keras's words.
//
//   kiln::Sequential model({kiln::Input({784}), kiln::Dense(128, "relu"), kiln::Dense(10,
//   "softmax")}); model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy",
//   .metrics = {"accuracy"}}); kiln::History history = kiln::value_or_exit(model.fit(x, y, {.epochs
//   = 10, .validation_split = 0.2}));
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "frontend/compiler.h"
#include "frontend/keras/layers/activation.h"
#include "frontend/keras/layers/convolution.h"
#include "frontend/keras/layers/dense.h"
#include "frontend/keras/layers/depthwise_convolution.h"
#include "frontend/keras/layers/flatten.h"
#include "frontend/keras/layers/global_pooling.h"
#include "frontend/keras/layers/input.h"
#include "frontend/keras/layers/pooling.h"
#include "frontend/keras/layers/separable_convolution.h"
#include "frontend/keras/layers/transposed_convolution.h"
#include "frontend/keras/model.h"
#include "frontend/keras/optimizers/optimizers.h"
#include "runtime/callbacks/backup_and_restore.h"
#include "runtime/callbacks/csv_logger.h"
#include "runtime/callbacks/early_stopping.h"
#include "runtime/callbacks/learning_rate_scheduler.h"
#include "runtime/callbacks/model_checkpoint.h"
#include "runtime/callbacks/reduce_lr_on_plateau.h"
#include "runtime/callbacks/tensor_board.h"
#include "runtime/callbacks/terminate_on_nan.h"
#include "runtime/dataset.h"
#include "runtime/fit.h"

namespace kiln {

using keras::Activation;
using keras::Adadelta;
using keras::Adafactor;
using keras::Adagrad;
using keras::Adam;
using keras::Adamax;
using keras::AdamW;
using keras::AveragePooling1D;
using keras::AveragePooling2D;
using keras::AveragePooling3D;
using keras::Conv1D;
using keras::Conv1DTranspose;
using keras::Conv2D;
using keras::Conv2DTranspose;
using keras::Conv3D;
using keras::Conv3DTranspose;
using keras::CosineDecay;
using keras::CosineDecayRestarts;
using keras::Dense;
using keras::DepthwiseConv1D;
using keras::DepthwiseConv2D;
using keras::ExponentialDecay;
using keras::Flatten;
using keras::Ftrl;
using keras::GlobalAveragePooling1D;
using keras::GlobalAveragePooling2D;
using keras::GlobalAveragePooling3D;
using keras::GlobalMaxPooling1D;
using keras::GlobalMaxPooling2D;
using keras::GlobalMaxPooling3D;
using keras::Input;
using keras::InverseTimeDecay;
using keras::L1;
using keras::L1L2;
using keras::L2;
using keras::Lamb;
using keras::Lion;
using keras::MaxNorm;
using keras::MaxPooling1D;
using keras::MaxPooling2D;
using keras::MaxPooling3D;
using keras::MinMaxNorm;
using keras::Nadam;
using keras::NonNeg;
using keras::OrthogonalRegularizer;
using keras::PiecewiseConstantDecay;
using keras::PolynomialDecay;
using keras::RMSprop;
using keras::SeparableConv1D;
using keras::SeparableConv2D;
using keras::SGD;
using keras::UnitNorm;
using runtime::Array;
using runtime::BackupAndRestore;
using runtime::Callback;
using runtime::CSVLogger;
using runtime::Dataset;
using runtime::EarlyStopping;
using runtime::History;
using runtime::LearningRateScheduler;
using runtime::load_dataset;
using runtime::Metrics;
using runtime::ModelCheckpoint;
using runtime::ReduceLROnPlateau;
using runtime::TensorBoard;
using runtime::TerminateOnNaN;

/// The value, or the end of the program: the error on stderr, exit status 2. For programs as short
/// as a tutorial.
template <typename T>
T value_or_exit(Expected<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().to_string().c_str());
  std::exit(2);
}

/// The arguments of Keras's fit().
struct FitOptions {
  int epochs = 1;
  int64_t batch_size = 32;
  double validation_split = 0;  ///< the last part of the examples, taken before shuffling
  bool shuffle = true;
  uint64_t seed =
      0;  ///< of the initial weights, when fit() is the first to need them, and of the order
  int verbose = 1;  ///< 0 nothing, 1 a progress bar, 2 a line an epoch
  int initial_epoch = 0;
  std::optional<std::pair<Array, Array>> validation_data = {};  ///< x, y; instead of a split
  int validation_freq = 1;                                      ///< epochs from one to the next
  std::optional<int64_t> validation_steps = {};                 ///< batches of it; nothing: all
  std::optional<int64_t> steps_per_epoch = {};  ///< the next epoch goes on there; nothing: all
  /// {EarlyStopping({.patience = 3}), ...}, run in this order. ModelCheckpoint writes .npz, and
  /// .keras and .weights.h5 as Keras does.
  std::vector<runtime::CallbackHandle> callbacks = {};
};

/// A Sequential model that trains, evaluates and predicts. It is compiled to machine code when data
/// first needs it, and again where the batch size changes; the weights go along.
/// x: [examples, ...] in the model's input shape (bytes are scaled to [0, 1] and images reshaped
/// where the sizes agree); y: [examples] class numbers, or [examples, ...] in the output's shape.
class Sequential : public keras::Sequential {
 public:
  using keras::Sequential::Sequential;

  Expected<History> fit(const Array& x, const Array& y, const FitOptions& options = {});
  /// The loss and the metrics over all examples.
  Expected<Metrics> evaluate(const Array& x, const Array& y, int verbose = 1);
  /// [examples, ...]: the model's output for each row.
  Expected<Array> predict(const Array& x);
  /// To and from FILE.npz; the optimizer's state goes along.
  Status save_weights(const std::string& path);
  Status load_weights(const std::string& path);

 private:
  struct Compiled;
  Expected<Compiled*> compiled(int64_t batch_size, uint64_t seed);

  std::shared_ptr<Compiled> compiled_;
  std::string compiled_definition_;  ///< what compiled_ was made from
};

}  // namespace kiln
