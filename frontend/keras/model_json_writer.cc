// The other direction of model_json.cc.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/keras/graph.h"
#include "frontend/keras/layers/list.h"
#include "frontend/keras/model_json.h"

namespace kiln::keras {
namespace {

Json write_shape(const ir::Shape& shape) {
  Json json = Json::array();
  for (int64_t extent : shape) json.push_back(extent == kNone ? Json() : Json(extent));
  return json;
}

Json write_layer(const Layer& layer, const ir::Shape* input_shape) {
  Json json = {{"module", "keras.layers"},
               {"class_name", std::string(layer.class_name())},
               {"config", write_layer_config(layer)},
               {"registered_name", nullptr}};
  if (input_shape) json["build_config"] = {{"input_shape", write_shape(*input_shape)}};
  return json;
}

bool has_weights(const std::vector<WeightSpec>& weights) {
  return std::any_of(weights.begin(), weights.end(),
                     [](const WeightSpec& weight) { return !weight.random_state; });
}

Json write_compile_config(const CompileOptions& options) {
  Json metrics;  // null where there are none, as Keras's compile() has it
  for (const Metric& metric : options.metrics) metrics.push_back(write_metric(metric));
  return {{"optimizer", write_optimizer(options.optimizer)},
          {"loss", write_loss(options.loss)},
          {"loss_weights", nullptr},
          {"metrics", std::move(metrics)},
          {"weighted_metrics", nullptr},
          {"run_eagerly", false},
          {"steps_per_execution", 1},
          {"jit_compile", false}};
}

}  // namespace

Expected<Json> write_model(const Model& model) {
  if (!model.is_sequential())
    return Diagnostic{model.source, "only sequential models can be written", ""};
  if (model.compile_options && !model.compile_options->optimizer.get()) {
    return in_model(model, unknown_optimizer(model.compile_options->optimizer.identifier()));
  }
  KILN_ASSIGN(const Graph graph, build_graph(model));
  Json layers = Json::array();
  for (size_t i = 0; i < model.nodes.size(); ++i) {
    const Node& node = model.nodes[i];
    const Layer& layer = *model.layers[node.layer];
    // As Keras: where the file had one, and where weights depend on it.
    const bool writes_shape =
        !node.inputs.empty() && (layer.built_for || has_weights(graph.weights[node.layer]));
    layers.push_back(
        write_layer(layer, writes_shape ? &graph.type(node.inputs[0]).shape : nullptr));
  }
  const Json input_shape = write_shape(graph.type(model.inputs[0]).shape);
  Json json = {{"module", "keras"}, {"class_name", model.class_name}};
  json["config"] = {{"name", model.name},
                    {"trainable", true},
                    {"dtype", write_dtype_policy()},
                    {"layers", std::move(layers)},
                    {"build_input_shape", input_shape}};
  json["registered_name"] = nullptr;
  json["build_config"] = {{"input_shape", input_shape}};
  if (model.compile_options) json["compile_config"] = write_compile_config(*model.compile_options);
  return json;
}

Expected<std::string> Model::to_json() const {
  KILN_ASSIGN(const Json json, write_model(*this));
  return json.dump(1);
}

}  // namespace kiln::keras
