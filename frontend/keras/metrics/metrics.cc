#include "frontend/keras/metrics/metrics.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/config_reader.h"
#include "frontend/keras/layers/one_input.h"
#include "frontend/keras/losses/losses.h"
#include "frontend/keras/names.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

struct MetricFunction {
  std::string_view name;
  std::string_view class_name;
  Tensor (*values)(const Metric&, Tensor y, Tensor prediction);
};

Tensor ones_where(Tensor predicate) { return convert(predicate, ir::ElementType::f32); }

/// y in the shape of a prediction that differs by a last dimension of 1.
Tensor in_shape_of(Tensor prediction, Tensor y) { return reshape(y, prediction.shape()); }

Tensor accuracy_values(const Metric&, Tensor y, Tensor p) {
  return ones_where(compare(convert(in_shape_of(p, y), p.type().element), "EQ", p));
}
Tensor binary_accuracy_values(const Metric& metric, Tensor y, Tensor p) {
  const Tensor predicted = convert(compare(p, "GT", metric.threshold), y.type().element);
  return ones_where(compare(in_shape_of(p, y), "EQ", predicted));
}
Tensor sparse_categorical_accuracy_values(const Metric&, Tensor y, Tensor p) {
  const Tensor predicted = argmax(p, p.rank() - 1);
  return ones_where(
      compare(convert(in_shape_of(predicted, y), predicted.type().element), "EQ", predicted));
}
Tensor categorical_accuracy_values(const Metric&, Tensor y, Tensor p) {
  return ones_where(compare(argmax(y, y.rank() - 1), "EQ", argmax(p, p.rank() - 1)));
}

constexpr MetricFunction kMetrics[] = {
    {"accuracy", "Accuracy", accuracy_values},
    {"binary_accuracy", "BinaryAccuracy", binary_accuracy_values},
    {"categorical_accuracy", "CategoricalAccuracy", categorical_accuracy_values},
    {"sparse_categorical_accuracy", "SparseCategoricalAccuracy",
     sparse_categorical_accuracy_values},
};

const MetricFunction* find_metric(std::string_view identifier) {
  for (const MetricFunction& metric : kMetrics) {
    if (metric.name == identifier || metric.class_name == identifier) return &metric;
  }
  return nullptr;
}

bool is_chosen_by_shape(const Metric& metric) {
  return metric.identifier == "accuracy" || metric.identifier == "acc" ||
         metric.identifier == "Accuracy";
}

/// The kind of accuracy for these ranks, Keras's rule: a last dimension of 1 is binary; labels of a
/// lower rank, or with a last dimension of 1, are class numbers.
const MetricFunction* accuracy_for(const ir::Shape& labels, const ir::Shape& output) {
  if (output.back() == 1) return find_metric("binary_accuracy");
  const bool sparse = labels.size() < output.size() || labels.back() == 1;
  return find_metric(sparse ? "sparse_categorical_accuracy" : "categorical_accuracy");
}

const MetricFunction* function_of(const Metric& metric, const ir::Shape& labels,
                                  const ir::Shape& output) {
  // An Accuracy object compares numbers; the name alone leaves the choice to the shapes.
  const bool choose = is_chosen_by_shape(metric) && !metric.is_object;
  return choose ? accuracy_for(labels, output) : find_metric(metric.identifier);
}

std::vector<std::string_view> metric_names() {
  std::vector<std::string_view> names = loss_names();
  for (const MetricFunction& metric : kMetrics) {
    names.push_back(metric.name);
    names.push_back(metric.class_name);
  }
  return names;
}

bool is_known(const Metric& metric) {
  return is_chosen_by_shape(metric) || find_metric(metric.identifier) ||
         find_loss(metric.identifier);
}

Diagnostic unknown_metric(std::string_view identifier) {
  const std::vector<std::string_view> names = metric_names();
  return {"", fmt::format("unknown metric \"{}\"", identifier),
          ir::did_you_mean(identifier, names)};
}

Loss as_loss(const Metric& metric) {
  Loss loss(metric.identifier);
  loss.from_logits = metric.from_logits;
  loss.label_smoothing = metric.label_smoothing;
  return loss;
}

/// What the metric's labels must look like for this output, if it says so.
ir::Shape expected_labels(const Metric& metric, const ir::Type& labels, const ir::Type& output) {
  if (const LossFunction* loss = find_loss(metric.identifier))
    return label_type(*loss, output).shape;
  const MetricFunction* function = function_of(metric, labels.shape, output.shape);
  if (function->name != "sparse_categorical_accuracy") return output.shape;
  return {output.shape.begin(), output.shape.end() - 1};
}

}  // namespace

std::string name_of(const Metric& metric) {
  if (!metric.name.empty()) return metric.name;
  if (!metric.is_object) return metric.identifier;
  return to_snake_case(metric.identifier);
}

Status check(const Metric& metric, const ir::Type& labels, const ir::Type& output) {
  if (!is_known(metric)) return unknown_metric(metric.identifier);
  const ir::Shape expected = expected_labels(metric, labels, output);
  if (ir::element_count(expected) == ir::element_count(labels.shape)) return ok();
  return Diagnostic{fmt::format("metric \"{}\"", metric.identifier),
                    fmt::format("compares labels of shape {}, the loss has labels of shape {}",
                                show_shape(expected), show_shape(labels.shape)),
                    "choose a loss and metrics for one kind of labels"};
}

Tensor metric_values(const Metric& metric, Tensor y, const Signal& prediction) {
  if (const LossFunction* loss = find_loss(metric.identifier)) {
    const ir::Type type = label_type(*loss, prediction.tensor.type());
    return loss->values(as_loss(metric), reshape(convert(y, type.element), type.shape), prediction);
  }
  const MetricFunction* function = function_of(metric, y.shape(), prediction.tensor.shape());
  return function->values(metric, y, prediction.tensor);
}

Expected<Metric> read_metric(const Json& json, const std::string& where) {
  const bool is_object = json.is_object() && json.contains("class_name") &&
                         json["class_name"].is_string() && json.contains("config");
  if (!json.is_string() && !is_object) {
    return Diagnostic{
        where, fmt::format("a metric must be a name or an object, not {}", excerpt(json)), ""};
  }
  if (is_object && json["class_name"] == "function") return read_metric(json["config"], where);
  Metric metric(json.is_string() ? json.get<std::string>() : json["class_name"].get<std::string>());
  metric.is_object = is_object;
  if (!is_known(metric)) {
    const Diagnostic unknown = unknown_metric(metric.identifier);
    return Diagnostic{where, unknown.message, unknown.note};
  }
  if (!is_object) return metric;
  ConfigReader config(json["config"], where + ": " + metric.identifier);
  metric.name = config.string("name", to_snake_case(metric.identifier));
  config.only("dtype", {nullptr, "float32"});
  if (metric.identifier == "BinaryAccuracy") metric.threshold = config.number("threshold", 0.5);
  if (const LossFunction* loss = find_loss(metric.identifier); loss && loss->is_crossentropy) {
    metric.from_logits = config.boolean("from_logits", false);
    if (loss->smooths_labels) metric.label_smoothing = config.number("label_smoothing", 0);
    config.only("axis", {-1});
    config.only("ignore_class", {nullptr});
  }
  KILN_TRY(config.finish());
  return metric;
}

Json write_metric(const Metric& metric) {
  if (!metric.is_object) return metric.identifier;
  Json config = {{"name", name_of(metric)}, {"dtype", "float32"}};
  if (metric.identifier == "BinaryAccuracy") config["threshold"] = metric.threshold;
  if (const LossFunction* loss = find_loss(metric.identifier); loss && loss->is_crossentropy) {
    config["from_logits"] = metric.from_logits;
    if (loss->smooths_labels) config["label_smoothing"] = metric.label_smoothing;
    if (loss->integer_labels) config["ignore_class"] = nullptr;
    config["axis"] = -1;
  }
  return {{"module", "keras.metrics"},
          {"class_name", metric.identifier},
          {"config", std::move(config)},
          {"registered_name", nullptr}};
}

}  // namespace kiln::keras
