// kiln from C++, in Keras's words.
//
//   kiln::Sequential model({kiln::Input({784}), kiln::Dense(128, "relu"), kiln::Dense(10,
//   "softmax")}); model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy",
//   .metrics = {"accuracy"}}); kiln::History history = kiln::value_or_exit(model.fit(x, y, {.epochs
//   = 10, .validation_split = 0.2}));
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "frontend/adapt_normalization.h"
#include "frontend/compiler.h"
#include "frontend/device.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/model/functional.h"
#include "frontend/keras/model/model.h"
#include "frontend/keras/optimizers/optimizers.h"
#include "runtime/data/arrays.h"
#include "runtime/data/dataset.h"
#include "runtime/training/callbacks/backup_and_restore.h"
#include "runtime/training/callbacks/csv_logger.h"
#include "runtime/training/callbacks/early_stopping.h"
#include "runtime/training/callbacks/learning_rate_scheduler.h"
#include "runtime/training/callbacks/model_checkpoint.h"
#include "runtime/training/callbacks/reduce_lr_on_plateau.h"
#include "runtime/training/callbacks/tensor_board.h"
#include "runtime/training/callbacks/terminate_on_nan.h"
#include "runtime/training/fit.h"

namespace kiln {

// Layers: applied to the results of others, they make a graph.
using Activation = keras::Callable<keras::Activation>;
using ActivityRegularization = keras::Callable<keras::ActivityRegularization>;
using AdaptiveAveragePooling1D = keras::Callable<keras::AdaptiveAveragePooling1D>;
using AdaptiveAveragePooling2D = keras::Callable<keras::AdaptiveAveragePooling2D>;
using AdaptiveAveragePooling3D = keras::Callable<keras::AdaptiveAveragePooling3D>;
using AdaptiveMaxPooling1D = keras::Callable<keras::AdaptiveMaxPooling1D>;
using AdaptiveMaxPooling2D = keras::Callable<keras::AdaptiveMaxPooling2D>;
using AdaptiveMaxPooling3D = keras::Callable<keras::AdaptiveMaxPooling3D>;
using Add = keras::Callable<keras::Add>;
using AdditiveAttention = keras::Callable<keras::AdditiveAttention>;
using AlphaDropout = keras::Callable<keras::AlphaDropout>;
using Attention = keras::Callable<keras::Attention>;
using Average = keras::Callable<keras::Average>;
using AveragePooling1D = keras::Callable<keras::AveragePooling1D>;
using AveragePooling2D = keras::Callable<keras::AveragePooling2D>;
using AveragePooling3D = keras::Callable<keras::AveragePooling3D>;
using BatchNormalization = keras::Callable<keras::BatchNormalization>;
using Bidirectional = keras::Callable<keras::Bidirectional>;
using CategoryEncoding = keras::Callable<keras::CategoryEncoding>;
using CenterCrop = keras::Callable<keras::CenterCrop>;
using Concatenate = keras::Callable<keras::Concatenate>;
using Conv1D = keras::Callable<keras::Conv1D>;
using Conv1DTranspose = keras::Callable<keras::Conv1DTranspose>;
using Conv2D = keras::Callable<keras::Conv2D>;
using Conv2DTranspose = keras::Callable<keras::Conv2DTranspose>;
using Conv3D = keras::Callable<keras::Conv3D>;
using Conv3DTranspose = keras::Callable<keras::Conv3DTranspose>;
using ConvLSTM1D = keras::Callable<keras::ConvLSTM1D>;
using ConvLSTM2D = keras::Callable<keras::ConvLSTM2D>;
using ConvLSTM3D = keras::Callable<keras::ConvLSTM3D>;
using Cropping1D = keras::Callable<keras::Cropping1D>;
using Cropping2D = keras::Callable<keras::Cropping2D>;
using Cropping3D = keras::Callable<keras::Cropping3D>;
using CustomScaleLayer = keras::Callable<keras::CustomScaleLayer>;
using Dense = keras::Callable<keras::Dense>;
using DepthwiseConv1D = keras::Callable<keras::DepthwiseConv1D>;
using DepthwiseConv2D = keras::Callable<keras::DepthwiseConv2D>;
using Discretization = keras::Callable<keras::Discretization>;
using Dot = keras::Callable<keras::Dot>;
using Dropout = keras::Callable<keras::Dropout>;
using EinsumDense = keras::Callable<keras::EinsumDense>;
using ELU = keras::Callable<keras::ELU>;
using Embedding = keras::Callable<keras::Embedding>;
using Flatten = keras::Callable<keras::Flatten>;
using GRU = keras::Callable<keras::GRU>;
using HashedCrossing = keras::Callable<keras::HashedCrossing>;
using Hashing = keras::Callable<keras::Hashing>;
using GaussianDropout = keras::Callable<keras::GaussianDropout>;
using GaussianNoise = keras::Callable<keras::GaussianNoise>;
using GlobalAveragePooling1D = keras::Callable<keras::GlobalAveragePooling1D>;
using GlobalAveragePooling2D = keras::Callable<keras::GlobalAveragePooling2D>;
using GlobalAveragePooling3D = keras::Callable<keras::GlobalAveragePooling3D>;
using GlobalMaxPooling1D = keras::Callable<keras::GlobalMaxPooling1D>;
using GlobalMaxPooling2D = keras::Callable<keras::GlobalMaxPooling2D>;
using GlobalMaxPooling3D = keras::Callable<keras::GlobalMaxPooling3D>;
using GroupNormalization = keras::Callable<keras::GroupNormalization>;
using Identity = keras::Callable<keras::Identity>;
using Input = keras::Callable<keras::Input>;
using IntegerLookup = keras::Callable<keras::IntegerLookup>;
using LayerScale = keras::Callable<keras::LayerScale>;
using LSTM = keras::Callable<keras::LSTM>;
using LayerNormalization = keras::Callable<keras::LayerNormalization>;
using LeakyReLU = keras::Callable<keras::LeakyReLU>;
using Masking = keras::Callable<keras::Masking>;
using MaxPooling1D = keras::Callable<keras::MaxPooling1D>;
using MaxPooling2D = keras::Callable<keras::MaxPooling2D>;
using MaxPooling3D = keras::Callable<keras::MaxPooling3D>;
using Maximum = keras::Callable<keras::Maximum>;
using Minimum = keras::Callable<keras::Minimum>;
using MultiHeadAttention = keras::Callable<keras::MultiHeadAttention>;
using Multiply = keras::Callable<keras::Multiply>;
using PReLU = keras::Callable<keras::PReLU>;
using Permute = keras::Callable<keras::Permute>;
using RandomBrightness = keras::Callable<keras::RandomBrightness>;
using RandomContrast = keras::Callable<keras::RandomContrast>;
using RandomFlip = keras::Callable<keras::RandomFlip>;
using RandomRotation = keras::Callable<keras::RandomRotation>;
using RandomTranslation = keras::Callable<keras::RandomTranslation>;
using RandomZoom = keras::Callable<keras::RandomZoom>;
using Resizing = keras::Callable<keras::Resizing>;
using RMSNormalization = keras::Callable<keras::RMSNormalization>;
using ReLU = keras::Callable<keras::ReLU>;
using RepeatVector = keras::Callable<keras::RepeatVector>;
using Rescaling = keras::Callable<keras::Rescaling>;
using Reshape = keras::Callable<keras::Reshape>;
using SeparableConv1D = keras::Callable<keras::SeparableConv1D>;
using SeparableConv2D = keras::Callable<keras::SeparableConv2D>;
using SimpleRNN = keras::Callable<keras::SimpleRNN>;
using Softmax = keras::Callable<keras::Softmax>;
using SpatialDropout1D = keras::Callable<keras::SpatialDropout1D>;
using SpatialDropout2D = keras::Callable<keras::SpatialDropout2D>;
using SpatialDropout3D = keras::Callable<keras::SpatialDropout3D>;
using SpectralNormalization = keras::Callable<keras::SpectralNormalization>;
using StochasticDepth = keras::Callable<keras::StochasticDepth>;
using StringLookup = keras::Callable<keras::StringLookup>;
using Subtract = keras::Callable<keras::Subtract>;
using TextVectorization = keras::Callable<keras::TextVectorization>;
using TimeDistributed = keras::Callable<keras::TimeDistributed>;
using UnitNormalization = keras::Callable<keras::UnitNormalization>;
using UpSampling1D = keras::Callable<keras::UpSampling1D>;
using UpSampling2D = keras::Callable<keras::UpSampling2D>;
using UpSampling3D = keras::Callable<keras::UpSampling3D>;
using ZeroPadding1D = keras::Callable<keras::ZeroPadding1D>;
using ZeroPadding2D = keras::Callable<keras::ZeroPadding2D>;
using ZeroPadding3D = keras::Callable<keras::ZeroPadding3D>;

using keras::Adadelta;
using keras::Adafactor;
using keras::Adagrad;
using keras::Adam;
using keras::Adamax;
using keras::AdamW;
using keras::BinaryCrossentropy;
using keras::BinaryFocalCrossentropy;
using keras::CategoricalCrossentropy;
using keras::CategoricalFocalCrossentropy;
using keras::CategoricalGeneralizedCrossEntropy;
using keras::CategoricalHinge;
using keras::Circle;
using keras::CosineDecay;
using keras::CosineDecayRestarts;
using keras::CosineSimilarity;
using keras::CTC;
using keras::Dice;
using keras::ExponentialDecay;
using keras::Ftrl;
using keras::Hinge;
using keras::Huber;
using keras::InverseTimeDecay;
using keras::KerasTensor;
using keras::KLDivergence;
using keras::L1;
using keras::L1L2;
using keras::L2;
using keras::Lamb;
using keras::Lion;
using keras::LogCosh;
using keras::MaxNorm;
using keras::MeanAbsoluteError;
using keras::MeanAbsolutePercentageError;
using keras::MeanSquaredError;
using keras::MeanSquaredLogarithmicError;
using keras::MinMaxNorm;
using keras::Nadam;
using keras::NonNeg;
using keras::OrthogonalRegularizer;
using keras::PiecewiseConstantDecay;
using keras::Poisson;
using keras::PolynomialDecay;
using keras::RMSprop;
using keras::SGD;
using keras::SparseCategoricalCrossentropy;
using keras::SquaredHinge;
using keras::Tversky;
using keras::UnitNorm;
namespace metrics = keras::metrics;
using metrics::AUC;
using metrics::BinaryAccuracy;
using metrics::BinaryIoU;
using metrics::ConcordanceCorrelation;
using metrics::F1Score;
using metrics::FalseNegatives;
using metrics::FalsePositives;
using metrics::MeanIoU;
using metrics::PearsonCorrelation;
using metrics::Precision;
using metrics::R2Score;
using metrics::Recall;
using metrics::RootMeanSquaredError;
using metrics::TopKCategoricalAccuracy;
using metrics::TrueNegatives;
using metrics::TruePositives;
using runtime::Array;
using runtime::Arrays;
using runtime::BackupAndRestore;
using runtime::Callback;
using runtime::CSVLogger;
using runtime::Dataset;
using runtime::EarlyStopping;
using runtime::EvaluateOptions;
using runtime::FitOptions;
using runtime::History;
using runtime::LearningRateScheduler;
using runtime::load_dataset;
using runtime::Metrics;
using runtime::ModelCheckpoint;
using runtime::ReduceLROnPlateau;
using runtime::TensorBoard;
using runtime::TerminateOnNaN;

/// A Normalization that learns its mean and variance from data, before or after a model is built of
/// it.
class Normalization : public keras::Callable<keras::Normalization> {
 public:
  using Callable::Callable;
  /// data: [examples, ...] as the layer gets it, or [examples].
  Status adapt(const Array& data) { return kiln::adapt(*this, data); }
};

/// The value, or the end of the program: the error on stderr, exit status 2. For programs as short
/// as a tutorial.
template <typename T>
T value_or_exit(Expected<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().to_string().c_str());
  std::exit(2);
}

/// A model that trains, evaluates and predicts. It is compiled to machine code when data first
/// needs it, and again where the batch size changes, more is asked of it, or data gives open extents
/// of its inputs (None) another shape; the weights go along.
/// predict() needs no compile(), and evaluate() no optimizer.
/// x: [examples, ...] in the input's shape (numbers times their array's scale, reshaped where
/// the sizes agree); y: [examples] class numbers, or [examples, ...] in the output's shape.
class Model : public keras::Model {
 public:
  Model(keras::Model definition) : keras::Model(std::move(definition)) {}
  /// The layers between these, as Keras's functional API has it.
  Model(const std::vector<KerasTensor>& inputs, const std::vector<KerasTensor>& outputs,
        std::string name = "functional")
      : Model(keras::functional(inputs, outputs, std::move(name))) {}

  /// The model as a layer of another one; applied twice, it shares its weights.
  KerasTensor operator()(const KerasTensor& input) { return {as_layer(), {input}}; }
  KerasTensor operator()(std::vector<KerasTensor> inputs) {
    return {as_layer(), std::move(inputs)};
  }

  /// Keras's JSON, compile_config included; keras.models.model_from_json reads it.
  Expected<std::string> to_json() const;

  Expected<History> fit(const Arrays& x, const Arrays& y, const FitOptions& options = {});
  /// The loss and the metrics over all examples.
  Expected<Metrics> evaluate(const Arrays& x, const Arrays& y, const EvaluateOptions& options = {});
  /// [examples, ...]: the output for each row, of a model with one output.
  Expected<Array> predict(const Arrays& x);
  /// The same for each output.
  Expected<std::vector<Array>> predict_all(const Arrays& x);
  /// Has stateful recurrent layers forget what they keep: their next batch begins at zeros. fit,
  /// evaluate and predict do not, as in Keras.
  Status reset_states();
  /// Where the model runs from now on: "cpu" (at first), "opencl", "opencl:1", "cuda", "cuda:1", or
  /// "auto", the best that the machine has. Weights and optimizer go along.
  Status set_device(const std::string& device);
  /// To and from FILE.npz; the optimizer's state goes along.
  Status save_weights(const std::string& path);
  Status load_weights(const std::string& path);

 private:
  struct Compiled;
  /// Closes the extents that the model leaves open by the arrays' shapes, those of validation
  /// included.
  Status close_extents(const Arrays& x, const Arrays* x_validation, keras::LowerOptions& options);
  /// As the model was compiled last, or else by default.
  Expected<keras::LowerOptions> own_options() const;
  /// `options`: what its steps must take, and what they are for at least.
  /// `variables_alone`: it needs no steps.
  Expected<Compiled*> compiled(keras::LowerOptions options, uint64_t seed,
                               bool variables_alone = false);
  /// With all variables that its files have. Where no data has closed the model's open extents yet,
  /// it has no steps.
  Expected<Compiled*> compiled_for_files();
  const keras::LayerPointer& as_layer();

  std::shared_ptr<Compiled> compiled_;
  std::string compiled_definition_;  ///< what compiled_ was made from
  runtime::DeviceChoice device_ = {KILN_CPU};
  keras::LayerPointer layer_;
};

/// A chain of layers.
class Sequential : public Model {
 public:
  explicit Sequential(std::initializer_list<keras::AnyLayer> layers,
                      std::string name = "sequential")
      : Model(keras::Sequential(layers, std::move(name))) {}
};

}  // namespace kiln
