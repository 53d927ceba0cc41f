#include "frontend/keras/model_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/config_reader.h"
#include "frontend/keras/json_text.h"
#include "frontend/keras/layers/list.h"
#include "ir/spelling.h"
#include "runtime/file.h"

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

/// The input shape of a build_config; nothing where there is none.
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

/// The keys beside class_name and config that a layer may have.
Status check_layer_keys(const Json& json, const std::string& where) {
  ConfigReader reader(json, where);
  for (auto key : {"module", "class_name", "config", "registered_name", "build_config"})
    reader.ignore(key);
  return reader.finish();
}

Expected<std::vector<LayerPointer>> read_layers(const Json& layers, const std::string& source) {
  if (!layers.is_array()) return Diagnostic{source, "\"layers\" must be a list", ""};
  std::vector<LayerPointer> result;
  for (const Json& json : layers) {
    const std::string where = fmt::format("{}: layer {}", source, result.size());
    KILN_ASSIGN(const ClassAndConfig parts, class_and_config(json, where));
    KILN_TRY(check_layer_keys(json, where));
    KILN_ASSIGN(LayerPointer layer, read_layer(parts.class_name, *parts.config, source));
    layer->built_for = built_for(json);
    result.push_back(std::move(layer));
  }
  return result;
}

Expected<Model> read_sequential(const Json& config, const std::string& source) {
  ConfigReader reader(config, source);
  const std::string name = reader.string("name", "sequential");
  const bool trainable = reader.boolean("trainable", true);
  reader.ignore("build_input_shape");
  if (reader.has("dtype")) KILN_TRY(check_dtype_policy(reader.value("dtype"), source));
  KILN_ASSIGN(std::vector<LayerPointer> layers, read_layers(reader.value("layers"), source));
  KILN_TRY(reader.finish());
  if (!trainable) {
    for (LayerPointer& layer : layers) layer->trainable = false;
  }
  Model model = Sequential(std::move(layers), name);
  model.source = source;
  return model;
}

Expected<CompileOptions> read_compile_config(const Json& json, const std::string& source) {
  const std::string where = source + ": compile_config";
  ConfigReader reader(json, where);
  CompileOptions options;
  KILN_ASSIGN(options.optimizer, read_optimizer(reader.value("optimizer"), where));
  KILN_ASSIGN(options.loss, read_loss(reader.value("loss"), where));
  const Json& metrics = reader.value("metrics");
  if (!metrics.is_null() && !metrics.is_array())
    reader.fail("\"metrics\" must be a list", "metrics for several outputs are not supported");
  if (metrics.is_array()) {
    for (const Json& metric : metrics) {
      KILN_ASSIGN(Metric read, read_metric(metric, where));
      options.metrics.push_back(std::move(read));
    }
  }
  reader.only("loss_weights", {nullptr});
  reader.only("weighted_metrics", {nullptr, Json::array()});
  // How Keras would run it, not what it would compute.
  for (auto key : {"run_eagerly", "steps_per_execution", "jit_compile"}) reader.ignore(key);
  KILN_TRY(reader.finish());
  return options;
}

/// Whether the file's training can be repeated: Keras writes compile_config without a loss, too.
bool has_training(const Json& json) {
  if (!json.contains("compile_config") || !json["compile_config"].is_object()) return false;
  const Json& compile = json["compile_config"];
  return compile.contains("loss") && !compile["loss"].is_null();
}

}  // namespace

Expected<Model> parse_model(std::string_view text, const std::string& source) {
  KILN_ASSIGN(const Json json, parse_json(text, source));
  KILN_ASSIGN(const ClassAndConfig parts, class_and_config(json, source));
  if (parts.class_name != "Sequential") {
    constexpr std::string_view kClasses[] = {"Sequential"};
    return Diagnostic{source,
                      fmt::format("models of class \"{}\" are not supported", parts.class_name),
                      ir::did_you_mean(parts.class_name, kClasses)};
  }
  ConfigReader reader(json, source);
  for (auto key : {"module", "class_name", "config", "registered_name", "build_config",
                   "compile_config", "keras_version", "backend"}) {
    reader.ignore(key);
  }
  KILN_TRY(reader.finish());
  KILN_ASSIGN(Model model, read_sequential(*parts.config, source));
  if (has_training(json)) {
    KILN_ASSIGN(CompileOptions options, read_compile_config(json["compile_config"], source));
    model.compile(std::move(options));
  }
  return model;
}

Expected<Model> read_model(const std::string& path) {
  KILN_ASSIGN(const runtime::FileBytes file, runtime::map_file(path));
  const std::string_view text(reinterpret_cast<const char*>(file.bytes.get()),
                              static_cast<size_t>(file.size));
  return parse_model(text, path);
}

}  // namespace kiln::keras
