#include "frontend/keras/files/model_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/files/compile_config.h"
#include "frontend/keras/files/functional_json.h"
#include "frontend/keras/files/legacy/modernize.h"
#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/json/json_text.h"
#include "frontend/keras/json/keras_object.h"
#include "frontend/keras/layers/list.h"
#include "frontend/keras/model/nested_model.h"
#include "frontend/keras/operations/operation.h"
#include "frontend/keras/options/dtype_policy.h"
#include "ir/spelling.h"
#include "runtime/base/file.h"

namespace kiln::keras {
namespace {

/// A {"class_name": ..., "config": ...} of a file.
struct ClassAndConfig {
  std::string class_name;
  const Json* config;
};

Expected<ClassAndConfig> class_and_config(const Json& json, const std::string& where) {
  if (!json.is_object())
    return Diagnostic{where, fmt::format("expected an object, not {}", excerpt(json)), ""};
  if (!json.contains("class_name") || !json["class_name"].is_string()) {
    return Diagnostic{where, "has no \"class_name\"", "write the file with model.to_json()"};
  }
  if (!json.contains("config"))
    return Diagnostic{where, "has no \"config\"", "write the file with model.to_json()"};
  return ClassAndConfig{json["class_name"].get<std::string>(), &json["config"]};
}

/// A layer's name, as messages call it.
std::string name_of(const Json& config) {
  const bool is_named = config.is_object() && config.contains("name") && config["name"].is_string();
  return is_named ? config["name"].get<std::string>() : "?";
}

/// The input shape of a build_config; nothing where there is none, or a list of several.
std::optional<ir::Shape> built_for(const Json& object) {
  if (!object.contains("build_config") || !object["build_config"].is_object()) return {};
  const Json& build = object["build_config"];
  if (!build.contains("input_shape") || !build["input_shape"].is_array()) return {};
  ir::Shape shape;
  for (const Json& extent : build["input_shape"]) {
    if (!extent.is_null() && !extent.is_number_integer()) return {};
    shape.push_back(extent.is_null() ? kNone : extent.get<int64_t>());
  }
  return shape;
}

bool is_model_class(std::string_view class_name) {
  return class_name == "Sequential" || class_name == "Functional" || class_name == "Model";
}

/// The keys beside class_name and config that a layer may have.
Status check_layer_keys(const Json& json, bool is_model, const std::string& where) {
  ConfigReader reader(json, where);
  for (auto key : {"module", "class_name", "config", "registered_name", "build_config", "name",
                   "inbound_nodes"})
    reader.ignore(key);
  // How a nested model would be trained by itself.
  if (is_model) reader.ignore("compile_config");
  return reader.finish();
}

/// Layers stand in keras.layers; operations on tensors in modules of their own.
bool is_operation(const Json& json) {
  return json.contains("module") && json["module"].is_string() &&
         json["module"].get<std::string>().starts_with("keras.src.ops");
}

Expected<Model> read_sequential(const Json& config, const std::string& source) {
  ConfigReader reader(config, source);
  const std::string name = reader.string("name", "sequential");
  const bool trainable = reader.boolean("trainable", true);
  reader.ignore("build_input_shape");
  if (reader.has("dtype")) KILN_TRY(check_dtype_policy(reader.value("dtype"), source));
  const Json& list = reader.value("layers");
  KILN_TRY(reader.finish());
  if (!list.is_array()) return Diagnostic{source, "\"layers\" must be a list", ""};
  std::vector<LayerPointer> layers;
  for (const Json& json : list) {
    KILN_ASSIGN(LayerPointer layer, read_layer_object(json, layers.size(), source));
    layers.push_back(std::move(layer));
  }
  Model model = Sequential(std::move(layers), name);
  if (!trainable) model.set_trainable(false);
  return model;
}

Expected<Model> read_model_config(std::string_view class_name, const Json& config,
                                  const std::string& source) {
  if (class_name == "Sequential") return read_sequential(config, source);
  return read_functional(config, source);
}

/// Whether the file's training can be repeated: Keras writes compile_config without a loss, too.
bool has_training(const Json& json) {
  if (!json.contains("compile_config") || !json["compile_config"].is_object()) return false;
  const Json& compile = json["compile_config"];
  return compile.contains("loss") && !compile["loss"].is_null();
}

}  // namespace

Expected<LayerPointer> read_layer_object(const Json& json, size_t index,
                                         const std::string& source) {
  const std::string where = fmt::format("{}: layer {}", source, index);
  KILN_ASSIGN(const ClassAndConfig parts, class_and_config(json, where));
  KILN_TRY(check_is_of_keras(json, fmt::format("layer \"{}\"", name_of(*parts.config)), source));
  const bool is_model = is_model_class(parts.class_name);
  KILN_TRY(check_layer_keys(json, is_model, where));
  if (is_operation(json)) return Operation::read(parts.class_name, json, where);
  LayerPointer layer;
  if (is_model) {
    KILN_ASSIGN(Model model, read_model_config(parts.class_name, *parts.config, where));
    layer = std::make_shared<NestedModel>(std::move(model));
  } else {
    KILN_ASSIGN(layer, read_layer(parts.class_name, *parts.config, source));
    layer->built_for = built_for(json);
  }
  return layer;
}

Expected<Model> parse_model(std::string_view text, const std::string& source) {
  KILN_ASSIGN(Json json, parse_json(text, source));
  legacy::modernize(json);
  KILN_ASSIGN(const ClassAndConfig parts, class_and_config(json, source));
  KILN_TRY(check_is_of_keras(json, "the model", source));
  if (!is_model_class(parts.class_name)) {
    constexpr std::string_view kClasses[] = {"Sequential", "Functional"};
    const std::string meant = ir::did_you_mean(parts.class_name, kClasses);
    return Diagnostic{
        source, fmt::format("models of class \"{}\" are not supported", parts.class_name),
        meant.empty() ? "kiln reads Sequential and functional models; one with a call() of its own "
                        "holds Python code"
                      : meant};
  }
  ConfigReader reader(json, source);
  for (auto key : {"module", "class_name", "config", "registered_name", "build_config",
                   "compile_config", "keras_version", "backend"}) {
    reader.ignore(key);
  }
  KILN_TRY(reader.finish());
  KILN_ASSIGN(Model model, read_model_config(parts.class_name, *parts.config, source));
  model.source = source;
  if (has_training(json)) read_compile_config(json["compile_config"], source, model);
  return model;
}

Expected<Model> read_model(const std::string& path) {
  KILN_ASSIGN(const runtime::FileBytes file, runtime::map_file(path));
  const std::string_view text(reinterpret_cast<const char*>(file.bytes.get()),
                              static_cast<size_t>(file.size));
  return parse_model(text, path);
}

}  // namespace kiln::keras
