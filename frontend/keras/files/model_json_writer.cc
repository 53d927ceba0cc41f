// The other direction of model_json.cc and functional_json.cc.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "frontend/keras/files/compile_config.h"
#include "frontend/keras/files/functional_json.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/keras/json/json_text.h"
#include "frontend/keras/layers/list.h"
#include "frontend/keras/model/graph.h"
#include "frontend/keras/model/nested_model.h"
#include "frontend/keras/operations/operation.h"
#include "frontend/keras/options/config.h"
#include "frontend/keras/options/dtype_policy.h"

namespace kiln::keras {
namespace {

Json write_shape(const ir::Shape& shape) {
  Json json = Json::array();
  for (int64_t extent : shape) json.push_back(extent == kNone ? Json() : Json(extent));
  return json;
}

/// What stands around a model's config.
Json write_model_object(const Model& model, Json config, Json input_shape) {
  const bool sequential = model.is_sequential();
  return {{"module", sequential ? "keras" : "keras.src.models.functional"},
          {"class_name", model.class_name},
          {"config", std::move(config)},
          {"registered_name", sequential ? Json() : Json(model.class_name)},
          {"build_config", {{"input_shape", std::move(input_shape)}}}};
}

bool has_weights(const std::vector<WeightSpec>& weights) {
  return std::any_of(weights.begin(), weights.end(),
                     [](const WeightSpec& weight) { return weight.is_weight(); });
}

constexpr std::string_view kAttentionMask = "attention_mask";

/// Whether an argument of a call is written with its name, as models are put together.
bool is_written_by_name(std::string_view argument) {
  return argument == "initial_state" || argument == kAttentionMask;
}

/// Writes the layers of a model whose types are known.
class ModelWriter {
 public:
  ModelWriter(const Model& model, const Graph& graph, ConfigKind kind)
      : model_(model), graph_(graph), kind_(kind) {
    std::map<size_t, size_t> applications;
    for (const Node& node : model.nodes) application_.push_back(applications[node.layer]++);
  }

  Expected<Json> sequential_config() const {
    Json layers = Json::array();
    for (size_t i = 0; i < model_.layers.size(); ++i) {
      KILN_ASSIGN(Json layer, layer_object(i));
      layers.push_back(std::move(layer));
    }
    return Json{{"name", model_.name},
                {"trainable", is_trainable()},
                {"dtype", write_dtype_policy()},
                {"layers", std::move(layers)},
                {"build_input_shape", input_shape()}};
  }

  Expected<Json> functional_config() const {
    Json layers = Json::array();
    for (size_t i = 0; i < model_.layers.size(); ++i) {
      KILN_ASSIGN(Json layer, layer_object(i));
      layer["name"] = model_.layers[i]->name;
      layer["inbound_nodes"] = calls(i);
      layers.push_back(std::move(layer));
    }
    return Json{{"name", model_.name},
                {"trainable", is_trainable()},
                {"layers", std::move(layers)},
                {"input_layers", ports(model_.inputs, model_.input_keys)},
                {"output_layers", ports(model_.outputs, model_.output_keys)}};
  }

  /// Of a model with one input; Keras keeps no other.
  Json input_shape() const {
    if (!model_.is_sequential()) return nullptr;
    return write_shape(graph_.type(model_.inputs[0]).shape);
  }

 private:
  bool is_trainable() const {
    return std::any_of(model_.layers.begin(), model_.layers.end(),
                       [](const LayerPointer& layer) { return layer->trainable; });
  }

  const Node* first_call(size_t layer) const {
    for (const Node& node : model_.nodes) {
      if (node.layer == layer && !node.inputs.empty()) return &node;
    }
    return nullptr;
  }

  Expected<Json> layer_object(size_t index) const {
    const Layer& layer = *model_.layers[index];
    if (const auto* nested = dynamic_cast<const NestedModel*>(&layer))
      return nested_object(*nested);
    if (const auto* operation = dynamic_cast<const Operation*>(&layer)) return operation->write();
    Json json = write_layer(layer, kind_);
    const Node* call = first_call(index);
    // As Keras: where the file had one, and where weights depend on it.
    if (call && (layer.built_for || has_weights(graph_.weights[index])))
      json["build_config"] = build_config(layer, *call);
    return json;
  }

  /// What Keras calls the layer's build() with: the shape of its one argument, or those of all by
  /// name. An argument that is a list has a list of shapes.
  Json build_config(const Layer& layer, const Node& call) const {
    const std::vector<std::string_view> names = layer.argument_names();
    const size_t used = std::min(names.size(), call.inputs.size());
    Json shapes = Json::object();
    for (size_t i = 0; i < used; ++i) {
      if (names[i] == kAttentionMask) continue;  // no weight depends on it
      Json argument = Json::array();
      const size_t end = i + 1 == names.size() ? call.inputs.size() : i + 1;
      for (size_t input = i; input < end; ++input)
        argument.push_back(write_shape(graph_.type(call.inputs[input]).shape));
      shapes[fmt::format("{}_shape", names[i])] = end - i > 1 ? argument : argument[0];
    }
    if (used > 1) return {{"shapes_dict", std::move(shapes)}};
    return {{"input_shape", std::move(*shapes.begin())}};
  }

  Expected<Json> nested_object(const NestedModel& layer) const {
    KILN_ASSIGN(Json config, write_model_config(layer.model(), kind_));
    Json shape;
    if (layer.model().is_sequential()) shape = config["build_input_shape"];
    return write_model_object(layer.model(), std::move(config), std::move(shape));
  }

  /// A result by Keras's names.
  Json reference(const NodeOutput& value) const {
    const Node& node = model_.nodes[value.node];
    return {model_.layers[node.layer]->name, application_[value.node], value.output};
  }

  Json tensor(const NodeOutput& value) const {
    const ir::Type& type = graph_.type(value);
    return {{"class_name", "__keras_tensor__"},
            {"config",
             {{"shape", write_shape(type.shape)},
              {"dtype", std::string(dtype_name(type.element))},
              {"keras_history", reference(value)}}}};
  }

  /// The layer's inbound nodes.
  Json calls(size_t index) const {
    Json calls = Json::array();
    for (const Node& node : model_.nodes) {
      if (node.layer != index || node.inputs.empty()) continue;
      calls.push_back(call(*model_.layers[index], node));
    }
    return calls;
  }

  /// Puts the tensors into an operation's arguments.
  void put_tensors(Json& json, const Node& node) const {
    if (const auto number = tensor_number(json)) {
      json = tensor(node.inputs.at(*number));
    } else if (json.is_structured()) {
      for (Json& child : json) put_tensors(child, node);
    }
  }

  Json operation_call(const Operation& operation, const Node& node) const {
    Json args = operation.args(), kwargs = operation.kwargs();
    put_tensors(args, node);
    put_tensors(kwargs, node);
    return {{"args", std::move(args)}, {"kwargs", std::move(kwargs)}};
  }

  Json call(const Layer& layer, const Node& node) const {
    if (const auto* operation = dynamic_cast<const Operation*>(&layer))
      return operation_call(*operation, node);
    Json args = Json::array(), kwargs = Json::object();
    const std::vector<std::string_view> names = layer.argument_names();
    Json values = arguments(layer, node);
    for (size_t i = 0; i < values.size(); ++i) {
      if (is_written_by_name(names[i])) {
        kwargs[std::string(names[i])] = std::move(values[i]);
      } else {
        args.push_back(std::move(values[i]));
      }
    }
    kwargs.update(layer.call_options());
    if (!node.masks.empty()) kwargs["mask"] = masks(node);
    return {{"args", std::move(args)}, {"kwargs", std::move(kwargs)}};
  }

  /// A mask for an input, a list for several.
  Json masks(const Node& node) const {
    Json list = Json::array();
    for (const auto& mask : node.masks) list.push_back(mask ? tensor(*mask) : Json());
    return list.size() == 1 ? list[0] : list;
  }

  /// One for each of the layer's arguments of which there are inputs; the last takes all that are
  /// left, as a list where they are several.
  Json arguments(const Layer& layer, const Node& node) const {
    Json tensors = Json::array(), result = Json::array();
    for (const NodeOutput& input : node.inputs) tensors.push_back(tensor(input));
    const size_t last = layer.argument_names().size() - 1;
    while (result.size() < last && result.size() < tensors.size())
      result.push_back(tensors[result.size()]);
    Json rest = Json::array();
    for (size_t i = result.size(); i < tensors.size(); ++i) rest.push_back(tensors[i]);
    const auto* nested = dynamic_cast<const NestedModel*>(&layer);
    if (nested && !nested->model().input_keys.empty()) {
      Json by_key = Json::object();
      for (size_t i = 0; i < tensors.size(); ++i)
        by_key[nested->model().input_keys[i]] = tensors[i];
      return Json::array({std::move(by_key)});
    }
    if (!rest.empty()) result.push_back(rest.size() == 1 ? rest[0] : rest);
    return result;
  }

  Json ports(const std::vector<NodeOutput>& ports, const std::vector<std::string>& keys) const {
    Json list = Json::array(), by_key = Json::object();
    for (size_t i = 0; i < ports.size(); ++i) {
      Json port = reference(ports[i]);
      // Keras counts a functional model's own graph as its first application, but only here.
      const auto* nested =
          dynamic_cast<const NestedModel*>(model_.layers[model_.nodes[ports[i].node].layer].get());
      if (nested && !nested->model().is_sequential()) port[1] = application_[ports[i].node] + 1;
      if (!keys.empty()) by_key[keys[i]] = port;
      list.push_back(std::move(port));
    }
    if (!keys.empty()) return by_key;
    return list.size() == 1 ? list[0] : list;
  }

  const Model& model_;
  const Graph& graph_;
  ConfigKind kind_;
  std::vector<size_t> application_;  ///< by node: which application of its layer it is
};

}  // namespace

Expected<Json> write_model_config(const Model& model, ConfigKind kind) {
  KILN_ASSIGN(const Graph graph, build_graph(model));
  const ModelWriter writer(model, graph, kind);
  return model.is_sequential() ? writer.sequential_config() : writer.functional_config();
}

Expected<Json> write_model(const Model& model, ConfigKind kind) {
  const bool is_file = kind == ConfigKind::file;
  if (is_file && model.compile_options && !model.compile_options->optimizer.get()) {
    return in_model(model, unknown_optimizer(model.compile_options->optimizer.identifier()));
  }
  KILN_ASSIGN(const Graph graph, build_graph(model));
  KILN_ASSIGN(Json config, write_model_config(model, kind));
  Json shape = ModelWriter(model, graph, kind).input_shape();
  Json json = write_model_object(model, std::move(config), std::move(shape));
  if (model.compile_options && !(is_file && model.unreadable.any()))
    json["compile_config"] = write_compile_config(*model.compile_options, kind);
  return json;
}

Expected<std::string> to_json(const Model& model) {
  KILN_ASSIGN(const Json json, write_model(model));
  return write_json(json, 1);
}

Expected<std::string> definition_of(const Model& model) {
  KILN_ASSIGN(const Json json, write_model(model, ConfigKind::complete));
  return write_json(json);
}

}  // namespace kiln::keras
