#include "frontend/keras/files/legacy/modernize.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "frontend/keras/files/legacy/graph.h"
#include "frontend/keras/files/legacy/layer_options.h"
#include "frontend/keras/files/legacy/tensorflow_functions.h"
#include "frontend/keras/files/legacy/training.h"

namespace kiln::keras::legacy {
namespace {

bool is_layer(const Json& json) {
  return json.is_object() && json.contains("class_name") && json["class_name"].is_string() &&
         json.contains("config");
}

std::string class_of(const Json& layer) { return layer["class_name"].get<std::string>(); }

bool is_functional(const std::string& class_name) {
  return class_name == "Functional" || class_name == "Model";
}

/// A key of an object; null where there is none, or no object.
const Json& value_of(const Json& json, const char* key) {
  static const Json kNull;
  if (!json.is_object()) return kNull;
  const auto found = json.find(key);
  return found == json.end() ? kNull : *found;
}

/// The number in front of the first dot of a version; none where the model does not say it.
std::optional<int> major_version(const Json& model) {
  const Json& version = value_of(model, "keras_version");
  if (!version.is_string()) return {};
  const std::string text = version;
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) == 0) return {};
  const bool is_one_digit =
      text.size() < 2 || std::isdigit(static_cast<unsigned char>(text[1])) == 0;
  return is_one_digit ? text[0] - '0' : 10;
}

/// What Keras 3 does not write, anywhere in a model.
bool has_old_form(const Json& json) {
  if (json.is_object()) {
    if (json.contains("batch_input_shape")) return true;
    if (value_of(json, "class_name") == "Sequential" && value_of(json, "config").is_array())
      return true;
    const Json& nodes = value_of(json, "inbound_nodes");
    if (nodes.is_array() && !nodes.empty() && nodes[0].is_array()) return true;
  }
  return json.is_structured() && std::any_of(json.begin(), json.end(), has_old_form);
}

/// A shape of one example, with the batch in front.
Json with_batch(const Json& shape) {
  Json result = Json::array({nullptr});
  for (const Json& extent : shape) result.push_back(extent);
  return result;
}

/// Keras 1's ways to say how many features and steps a layer gets.
Json shape_of_dimensions(const std::string& class_name, const Json& config) {
  const Json &features = value_of(config, "input_dim"), &steps = value_of(config, "input_length");
  if (class_name == "Embedding") {
    if (steps.is_null()) return {};
    const Json extent = steps.is_array() ? steps : Json::array({steps});
    return with_batch(extent);
  }
  if (!features.is_number_integer()) return {};
  return class_name == "Dense" ? Json::array({nullptr, features})
                               : Json::array({nullptr, steps, features});
}

/// What the config of a Sequential's first layer says of the model's input; null: nothing.
Json input_shape_of(const Json& layer) {
  if (!is_layer(layer)) return {};
  const Json& config = layer["config"];
  const std::string class_name = class_of(layer);
  for (auto key : {"batch_input_shape", "batch_shape"}) {
    if (value_of(config, key).is_array()) return config[key];
  }
  if (value_of(config, "input_shape").is_array()) return with_batch(config["input_shape"]);
  if (const Json& inner = value_of(config, "layer"); is_layer(inner)) return input_shape_of(inner);
  const Json& layers =
      class_name == "Sequential" && config.is_array() ? config : value_of(config, "layers");
  if (layers.is_array() && !layers.empty()) return input_shape_of(layers[0]);
  return shape_of_dimensions(class_name, config);
}

/// Operations of keras.ops came with Keras 3; some bear a layer's name.
bool is_operation(const Json& layer) {
  const Json module = layer.value("module", Json());
  return module.is_string() && module.get<std::string>().starts_with("keras.src.ops");
}

class Modernizer {
 public:
  explicit Modernizer(bool old) : old_(old) {}

  /// A layer or a model.
  void object(Json& layer) const {
    if (!is_layer(layer) || is_operation(layer)) return;
    modernize_class(layer);
    const std::string class_name = class_of(layer);
    Json& config = layer["config"];
    if (class_name == "Sequential") {
      sequential(layer);
    } else if (is_functional(class_name)) {
      functional(config);
    } else {
      modernize_layer(class_name, old_, config);
      // Wrappers hold layers.
      for (auto key : {"layer", "forward_layer", "backward_layer", "cell"}) {
        if (config.is_object() && config.contains(key)) object(config[key]);
      }
      if (config.is_object() && config.contains("cells") && config["cells"].is_array()) {
        for (Json& cell : config["cells"]) object(cell);
      }
    }
  }

 private:
  void sequential(Json& model) const {
    Json& config = model["config"];
    if (config.is_array()) {
      const Json name = value_of(model, "name");
      config =
          Json{{"name", name.is_string() ? name : Json("sequential")}, {"layers", Json(config)}};
    }
    if (!config.is_object() || !config.contains("layers") || !config["layers"].is_array()) return;
    begin_with_input(config);
    for (Json& layer : config["layers"]) object(layer);
  }

  /// The InputLayer that Keras makes of the first layer's options, or of the shape that the model
  /// was built for.
  static void begin_with_input(Json& config) {
    Json& layers = config["layers"];
    if (layers.empty() || !is_layer(layers[0]) || class_of(layers[0]) == "InputLayer") return;
    Json shape = input_shape_of(layers[0]);
    if (!shape.is_array()) shape = value_of(config, "build_input_shape");
    if (!shape.is_array()) return;
    const Json name = value_of(layers[0]["config"], "name");
    const std::string input = name.is_string() ? name.get<std::string>() + "_input" : "input";
    layers.insert(
        layers.begin(),
        Json{{"class_name", "InputLayer"},
             {"config",
              {{"batch_shape", std::move(shape)}, {"dtype", "float32"}, {"name", input}}}});
  }

  void functional(Json& config) const {
    if (!config.is_object() || !config.contains("layers") || !config["layers"].is_array()) return;
    if (old_) modernize_functions(config);
    if (old_) modernize_applications(config);
    for (Json& layer : config["layers"]) {
      object(layer);
      if (!is_layer(layer)) continue;
      if (layer.contains("inbound_nodes")) modernize_nodes(layer["inbound_nodes"]);
      Json& options = layer["config"];
      const bool lacks_name = options.is_object() && !options.contains("name");
      // Some operations keep no name in their config.
      if (lacks_name && layer.contains("name") && !is_operation(layer))
        options["name"] = Json(layer["name"]);
    }
  }

  const bool old_;
};

/// Takes out the marks of objects that several others share: layers are shared by their names.
void forget_sharing(Json& json) {
  if (json.is_object()) json.erase("shared_object_id");
  if (!json.is_structured()) return;
  for (Json& child : json) forget_sharing(child);
}

}  // namespace

bool is_old(const Json& model) {
  const std::optional<int> version = major_version(model);
  return version ? *version < 3 : has_old_form(model);
}

void modernize(Json& model) {
  const bool old = is_old(model);
  if (old) forget_sharing(model);
  Modernizer(old).object(model);
  if (model.is_object() && model.contains("compile_config"))
    modernize_training(model["compile_config"], old);
}

}  // namespace kiln::keras::legacy
