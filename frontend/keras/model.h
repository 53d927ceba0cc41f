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

#include "frontend/keras/layer.h"
#include "frontend/keras/layers/activation.h"
#include "frontend/keras/layers/dense.h"
#include "frontend/keras/layers/flatten.h"
#include "frontend/keras/layers/input.h"
#include "frontend/keras/losses/losses.h"
#include "frontend/keras/metrics/metrics.h"
#include "frontend/keras/optimizers/optimizers.h"
#include "runtime/expected.h"

namespace kiln::keras {

/// The arguments of Keras's compile().
struct CompileOptions {
  OptimizerChoice optimizer = "rmsprop";
  Loss loss;
  std::vector<Metric> metrics = {};
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
};

/// Any layer, where a list holds several kinds.
class AnyLayer {
 public:
  template <std::derived_from<Layer> T>
  AnyLayer(T layer) : layer_(std::make_shared<T>(std::move(layer))) {}
  AnyLayer(LayerPointer layer) : layer_(std::move(layer)) {}

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
  std::optional<CompileOptions> compile_options;

  /// How to train; checked when the model is lowered.
  void compile(CompileOptions options) { compile_options = std::move(options); }
  /// Keras's table of layers with their output shapes and parameter counts, or why there is none.
  Expected<std::string> summary() const;
  /// Keras's JSON, compile_config included; keras.models.model_from_json reads it.
  Expected<std::string> to_json() const;

  bool is_sequential() const { return class_name == "Sequential"; }
};

/// A chain of layers, the first of which is an Input. Layers without a name get Keras's.
class Sequential : public Model {
 public:
  explicit Sequential(std::initializer_list<AnyLayer> layers, std::string name = "sequential");
  explicit Sequential(std::vector<LayerPointer> layers, std::string name = "sequential");
};

}  // namespace kiln::keras
