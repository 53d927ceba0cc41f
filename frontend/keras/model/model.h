// A model's definition, in Keras's words: layers and how they are connected, and how to train it.
// Weights live elsewhere; lower() turns a definition into IR.
//
//   Sequential model({Input({784}), Dense(128, "relu"), Dense(10, "softmax")});
//   model.compile({.optimizer = Adam(1e-3), .loss = "sparse_categorical_crossentropy", .metrics =
//   {"accuracy"}}); std::cout << model.summary();
#pragma once

#include <concepts>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/layers/activation.h"
#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/bidirectional.h"
#include "frontend/keras/layers/dense.h"
#include "frontend/keras/layers/embedding.h"
#include "frontend/keras/layers/flatten.h"
#include "frontend/keras/layers/gru.h"
#include "frontend/keras/layers/input.h"
#include "frontend/keras/layers/lstm.h"
#include "frontend/keras/layers/masking.h"
#include "frontend/keras/layers/simple_rnn.h"
#include "frontend/keras/layers/time_distributed.h"
#include "frontend/keras/losses/losses.h"
#include "frontend/keras/metrics/metrics.h"
#include "frontend/keras/model/per_output.h"
#include "frontend/keras/optimizers/optimizers.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// Metrics of every output. A plain list is the one output's; for several outputs it has a metric
/// for each.
class OutputMetrics : public PerOutput<std::vector<Metric>> {
 public:
  using PerOutput::PerOutput;
  OutputMetrics(std::initializer_list<Metric> metrics) : PerOutput(std::vector<Metric>(metrics)) {}
};

/// The arguments of Keras's compile().
struct CompileOptions {
  OptimizerChoice optimizer = "rmsprop";
  /// An output without a loss takes no labels.
  PerOutput<Loss> loss = {};
  OutputMetrics metrics = {};
  /// Of the outputs' losses in the loss that is trained on; 1 where nothing is said.
  PerOutput<double> loss_weights = {};
  /// Metrics that sample weights count for.
  OutputMetrics weighted_metrics = {};
};

/// Arguments of compile() that a file has and kiln cannot read: why. They stop what needs them, and
/// nothing else.
struct UnreadableTraining {
  std::optional<Diagnostic> optimizer;
  std::optional<Diagnostic> loss;     ///< or the losses' weights
  std::optional<Diagnostic> metrics;  ///< or the weighted ones

  bool any() const { return optimizer || loss || metrics; }
};

/// One result of a node.
struct NodeOutput {
  size_t node = 0;
  size_t output = 0;
  friend bool operator==(const NodeOutput&, const NodeOutput&) = default;
};

/// One application of a layer. A layer that is applied twice shares its weights.
struct Node {
  size_t layer = 0;  ///< in Model::layers
  std::vector<NodeOutput> inputs;
  /// Keras's argument `mask`: for each input its mask. Empty: those that come with the inputs.
  std::vector<std::optional<NodeOutput>> masks = {};
};

class Model;

/// What stands for a layer that others hold, too.
template <typename T>
concept LayerHandle = requires(const T& handle) {
  { handle.pointer() } -> std::convertible_to<LayerPointer>;
};

/// Any layer, where a list holds several kinds.
class AnyLayer {
 public:
  template <std::derived_from<Layer> T>
  requires(!LayerHandle<T>) AnyLayer(T layer) : layer_(std::make_shared<T>(std::move(layer))) {}
  template <LayerHandle T>
  AnyLayer(const T& handle) : layer_(handle.pointer()) {}
  AnyLayer(LayerPointer layer) : layer_(std::move(layer)) {}
  /// A model as a layer.
  AnyLayer(const Model& model);

  const LayerPointer& get() const { return layer_; }

 private:
  LayerPointer layer_;
};

/// A graph of layers.
class Model {
 public:
  std::string name;
  std::string class_name = "Functional";  ///< Keras's: Sequential or Functional
  std::string source = "";                ///< the file it was read from, for errors; empty: C++
  std::vector<LayerPointer> layers;
  std::vector<Node> nodes;  ///< each after the nodes that it reads
  std::vector<NodeOutput> inputs, outputs;
  /// Where Keras's model takes or gives a dict: its keys, one for each input or output.
  std::vector<std::string> input_keys, output_keys;
  std::optional<CompileOptions> compile_options;
  /// What of its file's compile_config compile_options has not. Where there is any, files are
  /// written without a compile_config.
  UnreadableTraining unreadable;

  /// How to train; checked when the model is lowered for what needs it.
  void compile(CompileOptions options) {
    compile_options = std::move(options);
    unreadable = {};
  }
  /// Sets `trainable` of all layers, those of nested models included, as Keras's model.trainable.
  void set_trainable(bool trainable);
  /// Keras's table of layers with their output shapes and parameter counts, or why there is none.
  Expected<std::string> summary() const;

  /// What each input and output is called in data and logs, as Keras does: the key, or the name of
  /// the layer, with a number where it comes again.
  std::vector<std::string> input_names() const;
  std::vector<std::string> output_names() const;

  bool is_sequential() const { return class_name == "Sequential"; }
};

/// A chain of layers, the first of which is an Input. Layers without a name get Keras's.
class Sequential : public Model {
 public:
  explicit Sequential(std::initializer_list<AnyLayer> layers, std::string name = "sequential");
  explicit Sequential(std::vector<LayerPointer> layers, std::string name = "sequential");
};

}  // namespace kiln::keras
