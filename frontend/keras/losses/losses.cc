#include "frontend/keras/losses/losses.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/config_reader.h"
#include "frontend/keras/layers/one_input.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

/// All losses.
constexpr LossFunction kLosses[] = {
    {"mean_squared_error", "MeanSquaredError", "mse", false, false, false, mean_squared_error},
    {"mean_absolute_error", "MeanAbsoluteError", "mae", false, false, false, mean_absolute_error},
    {"binary_crossentropy", "BinaryCrossentropy", "bce", false, true, true, binary_crossentropy},
    {"categorical_crossentropy", "CategoricalCrossentropy", "", false, true, true,
     categorical_crossentropy},
    {"sparse_categorical_crossentropy", "SparseCategoricalCrossentropy", "", true, true, false,
     sparse_categorical_crossentropy},
};

Loss crossentropy(const char* class_name, const CrossentropyOptions& options) {
  Loss loss(class_name);
  loss.from_logits = options.from_logits;
  loss.label_smoothing = options.label_smoothing;
  return loss;
}

Diagnostic unknown_loss(std::string_view identifier) {
  const std::vector<std::string_view> names = loss_names();
  return {"", fmt::format("unknown loss \"{}\"", identifier), ir::did_you_mean(identifier, names)};
}

bool is_alias(std::string_view alias, std::string_view identifier) {
  if (alias.size() != identifier.size() || alias.empty()) return false;
  std::string upper;
  for (char c : alias) upper += static_cast<char>(c - 'a' + 'A');
  return identifier == alias || identifier == upper;
}

}  // namespace

Loss SparseCategoricalCrossentropy(CrossentropyOptions options) {
  return crossentropy("SparseCategoricalCrossentropy", options);
}
Loss CategoricalCrossentropy(CrossentropyOptions options) {
  return crossentropy("CategoricalCrossentropy", options);
}
Loss BinaryCrossentropy(CrossentropyOptions options) {
  return crossentropy("BinaryCrossentropy", options);
}
Loss MeanSquaredError() { return Loss("MeanSquaredError"); }
Loss MeanAbsoluteError() { return Loss("MeanAbsoluteError"); }

const LossFunction* find_loss(std::string_view identifier) {
  for (const LossFunction& loss : kLosses) {
    if (loss.name == identifier || loss.class_name == identifier ||
        is_alias(loss.alias, identifier))
      return &loss;
  }
  return nullptr;
}

std::vector<std::string_view> loss_names() {
  std::vector<std::string_view> names;
  for (const LossFunction& loss : kLosses) {
    names.push_back(loss.name);
    names.push_back(loss.class_name);
  }
  return names;
}

Status check(const Loss& loss, const ir::Type& output) {
  const LossFunction* function = find_loss(loss.identifier);
  if (!function) return unknown_loss(loss.identifier);
  const std::string where = fmt::format("loss \"{}\"", loss.identifier);
  if (loss.reduction != "sum_over_batch_size" && loss.reduction != "mean" &&
      loss.reduction != "sum") {
    return Diagnostic{where, fmt::format("reduction \"{}\" is not supported", loss.reduction),
                      "kiln takes sum_over_batch_size and sum"};
  }
  if (loss.from_logits && !function->is_crossentropy)
    return Diagnostic{where, "has no from_logits", ""};
  if (loss.label_smoothing != 0 && !function->smooths_labels)
    return Diagnostic{where, "has no label_smoothing", ""};
  if (loss.label_smoothing < 0 || loss.label_smoothing > 1) {
    return Diagnostic{
        where, fmt::format("label_smoothing must lie in [0, 1], not {}", loss.label_smoothing), ""};
  }
  if (output.rank() < 2) {
    return Diagnostic{where,
                      fmt::format("needs an output of at least two dimensions, gets {}",
                                  show_shape(output.shape)),
                      ""};
  }
  return ok();
}

ir::Type label_type(const LossFunction& loss, const ir::Type& output) {
  if (!loss.integer_labels) return output.with_element(ir::ElementType::f32);
  ir::Shape shape = output.shape;
  shape.pop_back();
  return {ir::ElementType::i32, std::move(shape)};
}

Expected<Loss> read_loss(const Json& json, const std::string& where) {
  if (json.is_string()) {
    Loss loss(json.get<std::string>());
    if (find_loss(loss.identifier)) return loss;
    const Diagnostic unknown = unknown_loss(loss.identifier);
    return Diagnostic{where, unknown.message, unknown.note};
  }
  if (!json.is_object() || !json.contains("class_name") || !json["class_name"].is_string() ||
      !json.contains("config")) {
    return Diagnostic{where,
                      fmt::format("a loss must be a name or an object, not {}", excerpt(json)), ""};
  }
  // A function without options: {"class_name": "function", "config": "mean_squared_error"}.
  if (json["class_name"] == "function") return read_loss(json["config"], where);
  KILN_ASSIGN(Loss loss, read_loss(json["class_name"], where));
  const LossFunction& function = *find_loss(loss.identifier);
  ConfigReader config(json["config"], where + ": " + loss.identifier);
  loss.name = config.string("name", std::string(function.name));
  loss.reduction = config.string("reduction", loss.reduction);
  config.only("dtype", {nullptr, "float32"});
  if (function.is_crossentropy) {
    loss.from_logits = config.boolean("from_logits", false);
    config.only("axis", {-1});
    config.only("ignore_class", {nullptr});
  }
  if (function.smooths_labels) loss.label_smoothing = config.number("label_smoothing", 0);
  KILN_TRY(config.finish());
  return loss;
}

Json write_loss(const Loss& loss) {
  const LossFunction* function = find_loss(loss.identifier);
  if (!function || function->class_name != loss.identifier) return loss.identifier;
  Json config = {{"name", loss.name.empty() ? std::string(function->name) : loss.name},
                 {"reduction", loss.reduction}};
  if (function->is_crossentropy) config["from_logits"] = loss.from_logits;
  if (function->smooths_labels) config["label_smoothing"] = loss.label_smoothing;
  if (function->integer_labels) config["ignore_class"] = nullptr;
  if (function->smooths_labels) config["axis"] = -1;
  return {{"module", "keras.losses"},
          {"class_name", loss.identifier},
          {"config", std::move(config)},
          {"registered_name", nullptr}};
}

}  // namespace kiln::keras
