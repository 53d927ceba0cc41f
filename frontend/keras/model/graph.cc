#include "frontend/keras/model/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "frontend/keras/json/shape.h"
#include "frontend/keras/model/nested_model.h"
#include "frontend/keras/operations/operation.h"

namespace kiln::keras {
namespace {

/// For each input, what a data set or an outer model says of its type.
using InputTypes = std::function<Status(ir::Type& type, size_t input)>;

bool is_operation(const Layer& layer) { return dynamic_cast<const Operation*>(&layer) != nullptr; }

bool has_operations(const Model& model) {
  return std::ranges::any_of(model.layers, [](const LayerPointer& layer) {
    const auto* nested = dynamic_cast<const NestedModel*>(layer.get());
    return nested ? has_operations(nested->model()) : is_operation(*layer);
  });
}

bool is_input(const Layer& layer) { return layer.class_name() == "InputLayer"; }

Status check_inputs(const Model& model) {
  if (model.layers.empty())
    return Diagnostic{model.source, fmt::format("model \"{}\" has no layers", model.name), ""};
  for (const NodeOutput& input : model.inputs) {
    const Layer& layer = *model.layers[model.nodes[input.node].layer];
    if (is_input(layer)) continue;
    return Diagnostic{where_of(model, layer), "the model does not say what its input looks like",
                      "begin it with Input({...})"};
  }
  return ok();
}

/// Names of layers are unique, and paths can be made of them.
Status check_names(const Model& model) {
  std::set<std::string> names;
  for (const LayerPointer& layer : model.layers) {
    if (layer->name.find('/') != std::string::npos)
      return Diagnostic{where_of(model, *layer), "a layer's name must not hold a slash", ""};
    if (names.insert(layer->name).second) continue;
    return Diagnostic{where_of(model, *layer), "two layers have this name",
                      "names of layers are unique in a model"};
  }
  return ok();
}

/// Every input layer is one of the model's inputs.
Status check_connected(const Model& model) {
  for (size_t i = 0; i < model.nodes.size(); ++i) {
    const bool is_declared =
        std::find(model.inputs.begin(), model.inputs.end(), NodeOutput{i, 0}) != model.inputs.end();
    if (!model.nodes[i].inputs.empty() || is_declared) continue;
    return Diagnostic{where_of(model, *model.layers[model.nodes[i].layer]),
                      "the outputs depend on it, but it is not among the model's inputs",
                      "name it as an input, or leave out what is made of it"};
  }
  return ok();
}

/// Puts the extents that were left open into an input's type.
Status close(ir::Type& type, size_t input, const OpenExtents& extents) {
  type.shape[0] = extents.batch;
  if (input >= extents.input_shapes.size() || extents.input_shapes[input].empty()) return ok();
  const ir::Shape& given = extents.input_shapes[input];
  const ir::Shape own(type.shape.begin() + 1, type.shape.end());
  bool fits = given.size() == own.size();
  for (size_t d = 0; fits && d < given.size(); ++d) {
    fits = given[d] > 0 && (own[d] == kNone || own[d] == given[d]);
    type.shape[d + 1] = given[d];
  }
  if (fits) return ok();
  return Diagnostic{"",
                    fmt::format("takes {}, not the shape {}", show_shape(own), show_shape(given)),
                    "the batch is not part of these shapes"};
}

/// Puts what arrives at a nested model's input into the input's type. Operations compute in the type
/// that the input says, to which Keras converts what arrives.
Status take(ir::Type& type, const LayerInput& arriving, bool is_fixed) {
  // Layers that look up by integers convert what they get.
  bool fits = (arriving.type.element == type.element || type.element == ir::ElementType::i32) &&
              arriving.type.rank() == type.rank();
  for (size_t d = 1; fits && d < type.shape.size(); ++d) {
    const int64_t own = type.shape[d], given = arriving.type.shape[d];
    fits = own == given || own == kNone || given == kNone;
  }
  if (!fits) {
    return Diagnostic{"",
                      fmt::format("expects {}, gets {} from \"{}\"", show_shape(type.shape),
                                  show_shape(arriving.type.shape), arriving.from),
                      ""};
  }
  type = is_fixed ? arriving.type.with_element(type.element) : arriving.type;
  return ok();
}

/// The shape that a file says the layer was built for, against what arrives. Layers with a better
/// message than this one (Dense) have given it.
Status check_built_for(const Layer& layer, const LayerInput& input) {
  if (!layer.built_for) return ok();
  bool fits = layer.built_for->size() == input.type.shape.size();
  for (size_t d = 1; fits && d < input.type.shape.size(); ++d) {
    const int64_t expected = (*layer.built_for)[d], given = input.type.shape[d];
    fits = expected == given || expected == kNone || given == kNone;
  }
  if (fits) return ok();
  return Diagnostic{"",
                    fmt::format("expects {}, gets {} from \"{}\"", show_shape(*layer.built_for),
                                show_shape(input.type.shape), input.from),
                    ""};
}

/// More than any machine holds; below it no product of extents overflows.
constexpr int64_t kMostElements = int64_t{1} << 40;

Status check_size(std::string_view what, const ir::Type& type) {
  int64_t count = 1;
  for (int64_t extent : type.shape) {
    const int64_t factor = extent == kNone ? 1 : extent;
    if (factor > kMostElements / count) {
      return Diagnostic{
          "",
          fmt::format("{} of shape {} is too large for any machine", what, show_shape(type.shape)),
          ""};
    }
    count *= factor;
  }
  return ok();
}

/// A weight's size, regularizer and constraint.
Status check_weight(const WeightSpec& weight) {
  const std::string what = fmt::format("its weight \"{}\"", weight.name);
  KILN_TRY(check_size(what, weight.type));
  Status checked = check(weight.initializer, weight.type.shape);
  if (checked) checked = check(weight.regularizer, weight.type.shape);
  if (checked) checked = check(weight.constraint, weight.type.shape);
  if (checked) return ok();
  return Diagnostic{what, checked.error().message, checked.error().note};
}

Status check_activity_regularizer(const Layer& layer) {
  if (layer.activity_regularizer.class_name == "OrthogonalRegularizer") {
    return Diagnostic{"", "an OrthogonalRegularizer as activity_regularizer is not supported",
                      "kiln takes L1, L2 and L1L2 here"};
  }
  return check(layer.activity_regularizer, {});
}

Status check_build(const LayerBuild& build) {
  for (const WeightSpec& weight : build.weights) KILN_TRY(check_weight(weight));
  for (const ir::Type& output : build.outputs) KILN_TRY(check_size("an output", output));
  return ok();
}

/// The numbers that an input's texts become: those of a text that is split are a row.
ir::Type numbers_of(const runtime::TextRules& rules, const ir::Type& texts) {
  if (rules.fingerprints) return texts.with_element(ir::ElementType::i64);
  if (rules.split == runtime::Split::kNone && rules.length == 0)
    return texts.with_element(ir::ElementType::i32);
  return {ir::ElementType::i32, {texts.shape[0], rules.length > 0 ? rules.length : kNone}};
}

/// Whether that input of the layer takes texts as numbers of 64 bits; it then takes integers, too.
bool takes_fingerprints(const Layer& layer, size_t input) {
  const auto rules = layer.text_rules(input);
  return rules && rules->fingerprints;
}

/// Whether a layer makes vectors of texts, whose shape Keras believes to have a dimension more than
/// it has, as in what its files say of all layers behind.
bool has_text_vectors(const Model& model) {
  return std::ranges::any_of(model.layers, [](const LayerPointer& layer) {
    const auto rules = layer->text_rules(0);
    return rules && rules->split != runtime::Split::kNone && rules->filling < 0;
  });
}

class Building {
 public:
  Building(const Model& model, const InputTypes& input_types)
      : model_(model), input_types_(input_types), has_text_vectors_(has_text_vectors(model)) {
    graph_.weights.resize(model.layers.size());
  }

  Expected<Graph> run() {
    for (size_t i = 0; i < model_.nodes.size(); ++i) {
      const Layer& layer = *model_.layers[model_.nodes[i].layer];
      if (auto added = add(i, layer); !added) {
        const Diagnostic& error = added.error();
        const std::string where = where_of(model_, layer);
        return Diagnostic{error.where.empty() ? where : where + ": " + error.where, error.message,
                          error.note};
      }
    }
    for (const NodeOutput& output : model_.outputs) KILN_TRY(check_output(output));
    return std::move(graph_);
  }

 private:
  Status check_output(const NodeOutput& output) const {
    const ir::Type& type = graph_.type(output);
    const std::string where = where_of(model_, *model_.layers[model_.nodes[output.node].layer]);
    if (type.element == ir::ElementType::i1)
      return Diagnostic{where, "the model's outputs are numbers, not truth values",
                        "convert them with keras.ops.cast"};
    const bool is_open = std::find(type.shape.begin(), type.shape.end(), kNone) != type.shape.end();
    if (is_open && type.shape[0] != kNone && batch_is_open())
      return Diagnostic{
          where,
          fmt::format("the model's output {} has not the batch first", show_shape(type.shape)),
          "move it there with keras.ops.transpose"};
    return ok();
  }

  Status add(size_t node, const Layer& layer) {
    KILN_TRY(check_masks(model_.nodes[node]));
    KILN_ASSIGN(const std::vector<LayerInput> inputs, inputs_of(model_.nodes[node], layer));
    KILN_ASSIGN(LayerBuild build, layer.build(inputs));
    // A layer that is shared may take other shapes, too.
    const bool was_built = !inputs.empty() && call_count(node) == 1;
    // Files say the texts' shape, not the numbers'.
    const bool has_own_shape = !has_text_vectors_ && !layer.text_rules(0);
    if (was_built && has_own_shape) KILN_TRY(check_built_for(layer, inputs[0]));
    if (is_input(layer)) KILN_TRY(read_as_needed(node, build.outputs[0]));
    if (is_input(layer)) KILN_TRY(input_types_(build.outputs[0], input_index(node)));
    KILN_TRY(check_build(build));
    KILN_TRY(check_activity_regularizer(layer));
    if (!layer.trainable) {
      for (WeightSpec& weight : build.weights) weight.trainable = false;
    }
    graph_.weights[model_.nodes[node].layer] = std::move(build.weights);
    graph_.node_outputs.push_back(std::move(build.outputs));
    return ok();
  }

  /// The input is of the numbers that its texts become, or of those that its readers compute with.
  Status read_as_needed(size_t node, ir::Type& type) const {
    KILN_ASSIGN(const auto rules, text_rules(model_, node));
    if (rules) {
      type = numbers_of(*rules, type);
    } else if (takes_indices(model_, node)) {
      type.element = ir::ElementType::i32;
    } else if (feeds_operations(model_, node)) {
      type.element = own_element(model_, node);
    }
    return ok();
  }

  /// Masks are truth values.
  Status check_masks(const Node& node) const {
    for (const auto& mask : node.masks) {
      if (!mask || graph_.type(*mask).element == ir::ElementType::i1) continue;
      return Diagnostic{"", "its mask is not of truth values", ""};
    }
    return ok();
  }

  /// What arrives at a node's layer.
  Expected<std::vector<LayerInput>> inputs_of(const Node& node, const Layer& layer) const {
    std::vector<LayerInput> inputs;
    for (const NodeOutput& output : node.inputs) {
      LayerInput input{graph_.type(output), model_.layers[model_.nodes[output.node].layer]->name};
      const auto element = arriving_element(layer, inputs.size(), input.type.element);
      if (!element) {
        return Diagnostic{"", fmt::format("{}, from \"{}\"", element.error().message, input.from),
                          element.error().note};
      }
      input.type.element = *element;
      KILN_TRY(check_batch_first(layer, input));
      KILN_TRY(check_texts(layer, inputs.size(), output.node));
      inputs.push_back(std::move(input));
    }
    return inputs;
  }

  /// Whether the batch is not yet known, so that None in a shape may be the batch.
  bool batch_is_open() const {
    return !model_.inputs.empty() && graph_.type(model_.inputs[0]).shape[0] == kNone;
  }

  /// Layers find the batch in the first dimension.
  Status check_batch_first(const Layer& layer, const LayerInput& input) const {
    const ir::Shape& shape = input.type.shape;
    const bool is_open = std::find(shape.begin(), shape.end(), kNone) != shape.end();
    if (is_operation(layer) || !is_open || shape[0] == kNone || !batch_is_open()) return ok();
    return Diagnostic{"",
                      fmt::format("gets {} from \"{}\", which has not the batch first",
                                  show_shape(shape), input.from),
                      "move it there with keras.ops.transpose"};
  }

  /// Texts become numbers where data is read, and nowhere else.
  Status check_texts(const Layer& layer, size_t input, size_t from) const {
    const Layer& source = *model_.layers[model_.nodes[from].layer];
    if (is_input(source) || !layer.text_rules(input) || takes_fingerprints(layer, input))
      return ok();
    return Diagnostic{"",
                      fmt::format("takes texts, or what it hashes, as data has them, but gets what "
                                  "\"{}\" computes",
                                  source.name),
                      "let it read an input of the model"};
  }

  /// How often the node's layer is called.
  int64_t call_count(size_t node) const {
    const size_t layer = model_.nodes[node].layer;
    return std::count_if(model_.nodes.begin(), model_.nodes.end(),
                         [&](const Node& other) { return other.layer == layer; });
  }

  size_t input_index(size_t node) const {
    size_t i = 0;
    while (i < model_.inputs.size() && model_.inputs[i].node != node) ++i;
    return i;
  }

  const Model& model_;
  const InputTypes& input_types_;
  const bool has_text_vectors_;
  Graph graph_;
};

}  // namespace

namespace {

/// A layer that reads the result of a node, as its input of that number.
struct Reader {
  const Layer& layer;
  size_t input;
};

std::vector<Reader> readers_of(const Model& model, size_t node) {
  std::vector<Reader> readers;
  for (const Node& reader : model.nodes) {
    for (size_t i = 0; i < reader.inputs.size(); ++i) {
      if (reader.inputs[i].node == node) readers.push_back({*model.layers[reader.layer], i});
    }
  }
  return readers;
}

}  // namespace

int64_t index_limit(const Model& model, size_t input_node) {
  int64_t limit = 0;
  for (const Reader& reader : readers_of(model, input_node)) {
    const int64_t own = reader.layer.index_limit(reader.input);
    if (own > 0) limit = limit == 0 ? own : std::min(limit, own);
  }
  return limit;
}

Expected<std::optional<runtime::TextRules>> text_rules(const Model& model, size_t input_node) {
  const Layer& layer = *model.layers[model.nodes[input_node].layer];
  const auto* input = dynamic_cast<const Input*>(&layer);
  const bool is_text = input != nullptr && input->dtype() == "string";
  std::optional<runtime::TextRules> rules;
  const Layer *with = nullptr, *without = nullptr;
  for (const Reader& reader : readers_of(model, input_node)) {
    std::optional<runtime::TextRules> own = reader.layer.text_rules(reader.input);
    if (own && own->fingerprints && !is_text) own.reset();
    if (!own) {
      without = &reader.layer;
    } else if (with != nullptr && own != rules) {
      return Diagnostic{where_of(model, layer),
                        fmt::format("\"{}\" and \"{}\" make different numbers of its texts",
                                    with->name, reader.layer.name),
                        "give each an input of its own, with the same data"};
    } else {
      rules = std::move(own);
      with = &reader.layer;
    }
  }
  if (without != nullptr && (is_text || with != nullptr)) {
    return Diagnostic{
        where_of(model, layer),
        fmt::format("\"{}\" reads it, which takes numbers, not texts{}", without->name,
                    with ? fmt::format(" as \"{}\" does", with->name) : ""),
        "begin with TextVectorization, StringLookup, Hashing or HashedCrossing; numbers "
        "that other layers take, too, need an input of their own"};
  }
  return rules;
}

Expected<std::vector<std::string>> text_rules_of_inputs(const Model& model) {
  std::vector<std::string> texts;
  for (const NodeOutput& input : model.inputs) {
    KILN_ASSIGN(const auto rules, text_rules(model, input.node));
    texts.push_back(rules ? to_text(*rules) : "");
  }
  return texts;
}

bool feeds_operations(const Model& model, size_t input_node) {
  return std::ranges::any_of(readers_of(model, input_node),
                             [](const Reader& reader) { return is_operation(reader.layer); });
}

ir::ElementType own_element(const Model& model, size_t input_node) {
  const Layer& layer = *model.layers[model.nodes[input_node].layer];
  const auto* input = dynamic_cast<const Input*>(&layer);
  KILN_CHECK(input != nullptr, "\"{}\" is no input", layer.name);
  const auto type = input_type(input->dtype());
  KILN_CHECK(static_cast<bool>(type), "{}", type.error().message);
  return type->stored;
}

Expected<ir::ElementType> arriving_element(const Layer& layer, size_t input,
                                           ir::ElementType element) {
  if (is_operation(layer)) return element;
  switch (element) {
    case ir::ElementType::i1:
      if (layer.takes_truth_values(input)) return element;
      return Diagnostic{"", "computes with numbers, but gets truth values",
                        "convert them with keras.ops.cast(x, \"float32\")"};
    case ir::ElementType::i64:
      if (takes_fingerprints(layer, input)) return element;
      return Diagnostic{"", "takes numbers of 32 bits, but gets such of 64",
                        "convert them with keras.ops.cast(x, \"int32\")"};
    case ir::ElementType::i8:
    case ir::ElementType::i16:
    case ir::ElementType::u8:
    case ir::ElementType::i32:
      return ir::ElementType::i32;
    default:
      return ir::ElementType::f32;
  }
}

bool takes_indices(const Model& model, size_t input_node) {
  const std::vector<Reader> readers = readers_of(model, input_node);
  return !readers.empty() && !feeds_operations(model, input_node) &&
         std::ranges::all_of(readers, [](const Reader& reader) {
           return reader.layer.takes_indices(reader.input);
         });
}

ir::Type argument_type(const Model& model, size_t input_node, const ir::Type& type) {
  const auto* input = dynamic_cast<const Input*>(model.layers[model.nodes[input_node].layer].get());
  if (input == nullptr || type.element != ir::ElementType::i32) return type;
  if (const auto rules = text_rules(model, input_node); rules && *rules) return type;
  const auto dtype = input_type(input->dtype());
  // Where a layer looks up by integers, a float32 has been made one.
  if (!dtype || ir::is_float(dtype->stored)) return type;
  return {dtype->stored, type.shape};
}

std::string variable_name(const Layer& layer, const WeightSpec& weight) {
  return layer.name + "/" + weight.name;
}

std::string where_of(const Model& model, const Layer& layer) {
  const std::string part = fmt::format("layer \"{}\"", layer.name);
  return model.source.empty() ? part : model.source + ": " + part;
}

Diagnostic in_model(const Model& model, const Diagnostic& error) {
  if (model.source.empty()) return error;
  return {error.where.empty() ? model.source : model.source + ": " + error.where, error.message,
          error.note};
}

namespace {

/// Where an extent follows from the batch, every row of the batch has the same part of it.
Status check_whole_rows(const Model& model, const Graph& open, const Graph& closed, int64_t batch) {
  for (size_t node = 0; node < model.nodes.size(); ++node) {
    for (size_t output = 0; output < open.node_outputs[node].size(); ++output) {
      const ir::Shape& shape = closed.node_outputs[node][output].shape;
      const ir::Shape& with_open = open.node_outputs[node][output].shape;
      for (size_t d = 0; d < shape.size(); ++d) {
        if (with_open[d] != kNone || shape[d] % batch == 0) continue;
        return Diagnostic{where_of(model, *model.layers[model.nodes[node].layer]),
                          fmt::format("gives {}, which mixes the rows of a batch of {}",
                                      show_shape(shape), batch),
                          "kiln takes operations on each row by itself"};
      }
    }
  }
  return ok();
}

Expected<Graph> build(const Model& model, const InputTypes& input_types) {
  KILN_TRY(check_inputs(model));
  KILN_TRY(check_names(model));
  KILN_TRY(check_connected(model));
  return Building(model, input_types).run();
}

}  // namespace

Expected<InputShapes> declared_shapes(const Model& model) {
  KILN_TRY(check_inputs(model));
  InputShapes shapes;
  for (const NodeOutput& input : model.inputs) {
    const Layer& layer = *model.layers[model.nodes[input.node].layer];
    const auto build = layer.build({});
    if (!build)
      return Diagnostic{where_of(model, layer), build.error().message, build.error().note};
    KILN_ASSIGN(const auto rules, text_rules(model, input.node));
    const ir::Type& own = build->outputs[0];
    const ir::Shape shape = rules ? numbers_of(*rules, own).shape : own.shape;
    shapes.emplace_back(shape.begin() + 1, shape.end());
  }
  return shapes;
}

bool has_open_extents(const InputShapes& declared) {
  return std::ranges::any_of(declared, [](const ir::Shape& shape) {
    return std::ranges::find(shape, kNone) != shape.end();
  });
}

Expected<std::optional<int64_t>> stateful_batch(const Model& model) {
  const auto layer = std::ranges::find_if(
      model.layers, [](const LayerPointer& each) { return each->is_stateful(); });
  if (layer == model.layers.end()) return std::optional<int64_t>();
  std::optional<int64_t> batch;
  for (const NodeOutput& input : model.inputs) {
    const auto* declared =
        dynamic_cast<const Input*>(model.layers[model.nodes[input.node].layer].get());
    const std::optional<int64_t> own = declared ? declared->batch() : std::nullopt;
    if (!own || batch.value_or(*own) != *own) {
      return Diagnostic{where_of(model, **layer),
                        "keeps states from batch to batch (stateful=True), but the inputs do not "
                        "say of how many rows a batch is",
                        "make the model with Input(batch_shape=(BATCH, ...)), and save it again"};
    }
    batch = own;
  }
  return batch;
}

Expected<Graph> build_graph(const Model& model, const OpenExtents& extents) {
  KILN_TRY(check_inputs(model));
  KILN_ASSIGN(const std::optional<int64_t> batch, stateful_batch(model));
  const OpenExtents closing{batch.value_or(extents.batch), extents.input_shapes};
  auto closed =
      build(model, [&](ir::Type& type, size_t input) { return close(type, input, closing); });
  if (!closed || closing.batch == kNone || !has_operations(model)) return closed;
  // Only while the batch is open do operations see which dimension it is.
  const OpenExtents opening{kNone, extents.input_shapes};
  KILN_ASSIGN(const Graph open, build(model, [&](ir::Type& type, size_t input) {
                return close(type, input, opening);
              }));
  KILN_TRY(check_whole_rows(model, open, *closed, closing.batch));
  return closed;
}

Expected<Graph> build_graph(const Model& model, std::span<const LayerInput> arriving) {
  return build(model, [&](ir::Type& type, size_t input) {
    return take(type, arriving[input], feeds_operations(model, model.inputs[input].node));
  });
}

}  // namespace kiln::keras
