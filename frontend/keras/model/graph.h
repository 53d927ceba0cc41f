// A model with the types of everything in it: what lowering and the summary start from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/model/model.h"
#include "runtime/data/text/text_rules.h"

namespace kiln::keras {

/// For each input of a model, its shape without the batch. Fewer than there are inputs, or an empty
/// one: as the model says.
using InputShapes = std::vector<ir::Shape>;

/// Extents for what the model leaves open.
struct OpenExtents {
  int64_t batch = kNone;
  InputShapes input_shapes;
};

/// What each layer and node of a model is, once its inputs' types are known.
struct Graph {
  std::vector<std::vector<WeightSpec>> weights;     ///< by layer
  std::vector<std::vector<ir::Type>> node_outputs;  ///< by node
  const ir::Type& type(const NodeOutput& value) const {
    return node_outputs[value.node][value.output];
  }
};

/// What each input of the model takes, without the batch; kNone where an extent is open.
Expected<InputShapes> declared_shapes(const Model& model);
/// Whether an input has an open extent besides the batch.
bool has_open_extents(const InputShapes& declared);

/// How many rows each batch of a model has whose layers keep states from one to the next: what its
/// inputs declare. Nothing for other models. An error where the inputs declare none, or several.
Expected<std::optional<int64_t>> stateful_batch(const Model& model);

/// Builds every layer; the batch of a model with states is what stateful_batch() says. Errors
/// name the file, the layer and what to do.
Expected<Graph> build_graph(const Model& model, const OpenExtents& extents = {});

/// How many integers a model's input may be, where a layer looks up what belongs to them
/// (Embedding); 0 for all others.
int64_t index_limit(const Model& model, size_t input_node);
/// Whether all layers that read a model's input take integers. Such an input is of integers,
/// whatever its dtype says: Keras would round it. Not so where an operation of keras.ops reads it.
bool takes_indices(const Model& model, size_t input_node);
/// How the texts of a model's input become the numbers that its step takes; nothing where it takes
/// the data's numbers. An error where the layers that read it do not agree, and where no layer makes
/// numbers of texts.
Expected<std::optional<runtime::TextRules>> text_rules(const Model& model, size_t input_node);
/// The same for each of the model's inputs, as the model's table has it: "" where it takes numbers.
Expected<std::vector<std::string>> text_rules_of_inputs(const Model& model);
/// The type of a step's argument for a model's input of that type: what its dtype holds.
ir::Type argument_type(const Model& model, size_t input_node, const ir::Type& type);
/// Whether an operation of keras.ops reads a model's input, so that its dtype counts.
bool feeds_operations(const Model& model, size_t input_node);
/// The type of a model's input that operations read: what its dtype says, so that truth values are
/// such and uint8 wraps, as in Keras.
ir::ElementType own_element(const Model& model, size_t input_node);
/// The type in which a layer gets what an operation computed: floats as f32 (Keras's autocast),
/// narrow integers as i32. An error for what layers do not take. Operations take every type.
/// `input`: the layer's.
Expected<ir::ElementType> arriving_element(const Layer& layer, size_t input,
                                           ir::ElementType element);
/// build_graph() for a model that is a layer: its inputs are what arrives at it.
Expected<Graph> build_graph(const Model& model, std::span<const LayerInput> arriving);

/// "dense/kernel": the variable of a layer's weight.
std::string variable_name(const Layer& layer, const WeightSpec& weight);

/// "model.json: layer "dense"": where an error of that layer is.
std::string where_of(const Model& model, const Layer& layer);

/// An error of some part of the model, with the model's file in front.
Diagnostic in_model(const Model& model, const Diagnostic& error);

}  // namespace kiln::keras
