#include "frontend/keras/files/legacy/training.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace kiln::keras::legacy {
namespace {

using Renaming = std::pair<std::string_view, std::string_view>;

/// Functions that Keras 3 calls otherwise.
constexpr Renaming kLosses[] = {
    {"logcosh", "log_cosh"},
    {"kullback_leibler_divergence", "kl_divergence"},
    {"cosine_proximity", "cosine_similarity"},
    {"cosine", "cosine_similarity"},
    {"huber_loss", "huber"},
    {"KLD", "kl_divergence"},
};

constexpr std::string_view kOptimizers[] = {"Adadelta", "Adafactor", "Adagrad", "Adam",
                                            "AdamW",    "Adamax",    "Ftrl",    "Lion",
                                            "Nadam",    "RMSprop",   "SGD"};

/// How Keras ran a training, not what it computed.
constexpr std::string_view kDroppedOfCompile[] = {"sample_weight_mode",
                                                  "target_tensors",
                                                  "auto_scale_loss",
                                                  "from_serialized",
                                                  "distribute_strategy",
                                                  "pss_evaluation_shards",
                                                  "experimental_run_tf_function"};
constexpr std::string_view kDroppedOfOptimizer[] = {"jit_compile", "is_legacy_optimizer", "mesh",
                                                    // Of Nadam; Keras 2 came to fix it.
                                                    "schedule_decay"};

bool is_object(const Json& json) { return json.is_object() && json.contains("class_name"); }

Json* config_of(Json& object) {
  const bool has_config =
      is_object(object) && object.contains("config") && object["config"].is_object();
  return has_config ? &object["config"] : nullptr;
}

void rename_key(Json& config, std::string_view from, std::string_view to) {
  const std::string key(from);
  if (!config.contains(key) || config.contains(std::string(to))) return;
  config[std::string(to)] = Json(config[key]);
  config.erase(key);
}

/// Applies `change` to every object or name in a structure of lists and dicts by outputs.
template <typename Change>
void for_each_object(Json& json, Change change) {
  if (is_object(json) || json.is_string()) return change(json);
  if (!json.is_structured()) return;
  for (Json& child : json) for_each_object(child, change);
}

void rename_function(Json& name) {
  if (!name.is_string()) return;
  for (const auto& [from, to] : kLosses) {
    if (name.get_ref<const std::string&>() != from) continue;
    name = std::string(to);
    return;
  }
}

/// "Custom>Adam", as tf_keras registers Keras's own optimizers.
void modernize_optimizer_class(Json& optimizer) {
  constexpr std::string_view kPackage = "Custom>";
  if (!is_object(optimizer) || !optimizer["class_name"].is_string()) return;
  const std::string name = optimizer["class_name"];
  if (!name.starts_with(kPackage)) return;
  const std::string own = name.substr(kPackage.size());
  if (std::ranges::find(kOptimizers, own) == std::end(kOptimizers)) return;
  optimizer["class_name"] = own;
  optimizer.erase("registered_name");
}

/// Keras 2's optimizers divided their rate by 1 + decay · steps. Keras 3 has a schedule for that.
void decay_to_schedule(Json& config, bool old) {
  const auto found = config.find("decay");
  if (found == config.end()) return;
  const Json decay = *found;
  const bool is_none = decay.is_null() || decay == false || decay == 0;
  const Json rate = config.value("learning_rate", Json());
  if (!is_none && !(old && decay.is_number() && rate.is_number())) return;
  config.erase("decay");
  if (is_none) return;
  config["learning_rate"] = {{"class_name", "InverseTimeDecay"},
                             {"config",
                              {{"initial_learning_rate", rate},
                               {"decay_steps", 1},
                               {"decay_rate", decay},
                               {"staircase", false}}}};
}

void modernize_optimizer(Json& optimizer, bool old) {
  if (old) modernize_optimizer_class(optimizer);
  Json* config = config_of(optimizer);
  if (config == nullptr) return;
  rename_key(*config, "lr", "learning_rate");
  for (std::string_view key : kDroppedOfOptimizer) config->erase(std::string(key));
  decay_to_schedule(*config, old);
  // Null: the backend's default, which is the optimizer's.
  if (config->value("epsilon", Json(0)).is_null()) config->erase("epsilon");
  if (config->value("weight_decay", Json()) == false) (*config)["weight_decay"] = nullptr;
  const auto schedule = config->find("learning_rate");
  if (schedule == config->end()) return;
  if (Json* options = config_of(*schedule); options && options->value("name", Json(0)).is_null())
    options->erase("name");
}

void modernize_loss(Json& loss) {
  rename_function(loss);
  Json* config = config_of(loss);
  if (config == nullptr) return;
  config->erase("fn");
  if (config->value("reduction", Json()) == "auto") (*config)["reduction"] = "sum_over_batch_size";
}

/// "sparse_categorical_accuracy" to "SparseCategoricalAccuracy".
std::string class_of_function(const std::string& function) {
  if (function == "kl_divergence") return "KLDivergence";
  std::string name;
  bool starts = true;
  for (const char c : function) {
    const auto letter = static_cast<unsigned char>(c);
    if (c != '_') name += static_cast<char>(starts ? std::toupper(letter) : c);
    starts = c == '_';
  }
  return name;
}

/// The mean of a function, {"class_name": "MeanMetricWrapper", "config": {"fn": ...}}, as the metric
/// of that function's class.
void unwrap_metric(Json& metric) {
  Json* config = config_of(metric);
  if (config == nullptr || !config->contains("fn")) return;
  Json function = (*config)["fn"];
  if (function.is_object()) function = function.value("config", Json());
  if (!function.is_string()) return;
  if (metric["class_name"] == "MeanMetricWrapper") {
    rename_function(function);
    metric["class_name"] = class_of_function(function);
    metric.erase("registered_name");
  }
  config->erase("fn");
}

}  // namespace

void modernize_training(Json& config, bool old) {
  if (!config.is_object()) return;
  rename_key(config, "optimizer_config", "optimizer");
  for (std::string_view key : kDroppedOfCompile) config.erase(std::string(key));
  if (config.contains("optimizer")) modernize_optimizer(config["optimizer"], old);
  if (config.contains("loss")) for_each_object(config["loss"], modernize_loss);
  for (auto key : {"metrics", "weighted_metrics"}) {
    if (!config.contains(key)) continue;
    for_each_object(config[key], [](Json& metric) {
      rename_function(metric);
      unwrap_metric(metric);
    });
  }
}

}  // namespace kiln::keras::legacy
