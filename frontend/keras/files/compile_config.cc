#include "frontend/keras/files/compile_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/keras/json/config_reader.h"

namespace kiln::keras {
namespace {

/// Whether it is an object of Keras's, and not a dict by outputs' names.
bool is_object_of_keras(const Json& json) {
  return json.is_object() && json.contains("class_name");
}

/// A value for all outputs, a list or a dict. `read` reads one output's entry.
template <typename T, typename Read>
Expected<PerOutput<T>> read_entries(const Json& json, Read read) {
  if (json.is_array()) {
    typename PerOutput<T>::List list;
    for (const Json& entry : json) {
      if (entry.is_null()) {
        list.push_back({});
        continue;
      }
      KILN_ASSIGN(T value, read(entry));
      list.push_back(std::move(value));
    }
    return PerOutput<T>(std::move(list));
  }
  typename PerOutput<T>::Named named;
  for (const auto& [name, entry] : json.items()) {
    if (entry.is_null()) {
      named.push_back({name, {}});
      continue;
    }
    KILN_ASSIGN(T value, read(entry));
    named.push_back({name, std::move(value)});
  }
  return PerOutput<T>(std::move(named));
}

Expected<PerOutput<Loss>> read_losses(const Json& json, const std::string& where) {
  const auto read = [&](const Json& entry) { return read_loss(entry, where); };
  if (json.is_array() || (json.is_object() && !is_object_of_keras(json)))
    return read_entries<Loss>(json, read);
  KILN_ASSIGN(Loss loss, read_loss(json, where));
  return PerOutput<Loss>(std::move(loss));
}

Expected<PerOutput<double>> read_loss_weights(const Json& json, const std::string& where) {
  const auto read = [&](const Json& entry) -> Expected<double> {
    if (entry.is_number()) return entry.get<double>();
    return Diagnostic{where, fmt::format("a loss weight must be a number, not {}", excerpt(entry)),
                      ""};
  };
  if (json.is_null()) return PerOutput<double>();
  if (json.is_structured()) return read_entries<double>(json, read);
  KILN_ASSIGN(const double weight, read(json));
  return PerOutput<double>(weight);
}

/// One output's metrics: a list, or one alone.
Expected<std::vector<Metric>> read_metric_list(const Json& json, const std::string& where) {
  std::vector<Metric> metrics;
  const Json list = json.is_array() ? json : Json::array({json});
  for (const Json& entry : list) {
    KILN_ASSIGN(Metric metric, read_metric(entry, where));
    metrics.push_back(std::move(metric));
  }
  return metrics;
}

Expected<OutputMetrics> read_metrics(const Json& json, std::string_view key,
                                     const std::string& where) {
  const auto read = [&](const Json& entry) { return read_metric_list(entry, where); };
  if (json.is_null()) return OutputMetrics();
  if (!json.is_array() && (!json.is_object() || is_object_of_keras(json)))
    return Diagnostic{where, fmt::format("\"{}\" must be a list or a dict", key), ""};
  const bool is_flat = json.is_array() && std::none_of(json.begin(), json.end(), [](const Json& j) {
                         return j.is_array() || j.is_null();
                       });
  OutputMetrics metrics;
  if (is_flat) {
    KILN_ASSIGN(std::vector<Metric> list, read(json));
    metrics = OutputMetrics(std::move(list));
  } else {
    KILN_ASSIGN(auto entries, read_entries<std::vector<Metric>>(json, read));
    static_cast<PerOutput<std::vector<Metric>>&>(metrics) = std::move(entries);
  }
  return metrics;
}

/// The form as it was given. `write` writes one output's entry.
template <typename T, typename Write>
Json write_entries(const PerOutput<T>& form, Write write) {
  const auto entry = [&](const std::optional<T>& value) { return value ? write(*value) : Json(); };
  Json json;
  if (const T* one = form.one()) json = write(*one);
  if (const auto* list = form.list()) {
    json = Json::array();
    for (const auto& value : *list) json.push_back(entry(value));
  }
  if (const auto* named = form.named()) {
    json = Json::object();
    for (const auto& [name, value] : *named) json[name] = entry(value);
  }
  return json;
}

Json write_metrics(const OutputMetrics& metrics, ConfigKind kind) {
  return write_entries(metrics, [&](const std::vector<Metric>& list) {
    Json json = Json::array();
    for (const Metric& metric : list) json.push_back(write_metric(metric, kind));
    return json;
  });
}

}  // namespace

namespace {

/// Keeps the value, or why there is none.
template <typename T>
void keep(Expected<T> read, T& place, std::optional<Diagnostic>& unreadable) {
  if (read)
    place = std::move(*read);
  else if (!unreadable)
    unreadable = read.error();
}

}  // namespace

void read_compile_config(const Json& json, const std::string& source, Model& model) {
  const std::string where = source + ": compile_config";
  ConfigReader reader(json, where);
  CompileOptions options;
  UnreadableTraining unreadable;
  keep(read_optimizer(reader.value("optimizer"), where), options.optimizer, unreadable.optimizer);
  keep(read_losses(reader.value("loss"), where), options.loss, unreadable.loss);
  keep(read_loss_weights(reader.value("loss_weights"), where), options.loss_weights,
       unreadable.loss);
  for (const auto& [key, metrics] : {std::pair("metrics", &options.metrics),
                                     std::pair("weighted_metrics", &options.weighted_metrics)})
    keep(read_metrics(reader.value(key), key, where), *metrics, unreadable.metrics);
  // How Keras would run it, not what it would compute.
  for (auto key : {"run_eagerly", "steps_per_execution", "jit_compile"}) reader.ignore(key);
  // An option that is not known may change what the loss is.
  if (const Status finished = reader.finish(); !finished && !unreadable.loss)
    unreadable.loss = finished.error();
  model.compile(std::move(options));
  model.unreadable = std::move(unreadable);
}

Json write_compile_config(const CompileOptions& options, ConfigKind kind) {
  const auto loss = [&](const Loss& of_output) { return write_loss(of_output, kind); };
  return {{"optimizer", write_optimizer(options.optimizer, kind)},
          {"loss", write_entries(options.loss, loss)},
          {"loss_weights", write_entries(options.loss_weights, [](double w) { return Json(w); })},
          {"metrics", write_metrics(options.metrics, kind)},
          {"weighted_metrics", write_metrics(options.weighted_metrics, kind)},
          {"run_eagerly", false},
          {"steps_per_execution", 1},
          {"jit_compile", false}};
}

}  // namespace kiln::keras
