#include "frontend/keras/metrics/metric.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "frontend/keras/json/keras_object.h"
#include "frontend/keras/json/names.h"
#include "frontend/keras/json/shape.h"
#include "frontend/keras/metrics/accuracy.h"
#include "frontend/keras/metrics/list.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

bool is_chosen_by_shape(const Metric& metric) {
  return metric.identifier() == "accuracy" || metric.identifier() == "acc" ||
         metric.identifier() == "Accuracy";
}

/// The kind of accuracy for these ranks, Keras's rule: a last dimension of 1 is binary; labels of a
/// lower rank, or with a last dimension of 1, are class numbers.
std::string_view accuracy_for(const ir::Shape& labels, const ir::Shape& output) {
  if (output.back() == 1) return "BinaryAccuracy";
  const bool sparse = labels.size() < output.size() || labels.back() == 1;
  return sparse ? "SparseCategoricalAccuracy" : "CategoricalAccuracy";
}

std::string where_of(const Metric& metric) { return fmt::format("metric \"{}\"", name_of(metric)); }

}  // namespace

Tensor MetricBatch::without_padding(Tensor values) const {
  return select(broadcast_in_dim(real_rows, values.shape(), {0}), values, 0.0);
}

Tensor MetricBatch::element_weights(const ir::Shape& shape) const {
  ir::Builder& builder = *real_rows.builder;
  const Tensor one = builder.constant(1.0, {ir::ElementType::f32, shape});
  if (!weights) return without_padding(one);
  // Weights of fewer dimensions than the elements count for all elements below.
  const int64_t rank = std::min(weights.rank(), static_cast<int64_t>(shape.size()));
  const bool fits = std::equal(shape.begin(), shape.begin() + rank, weights.shape().begin());
  KILN_CHECK(fits, "sample weights of {} for {}", show_shape(weights.shape()), show_shape(shape));
  return without_padding(spread(weights, shape));
}

OptionList MetricRule::common_options() {
  std::vector<FixedValue> types = dtypes();
  const FixedValue written = types[0];
  types.insert(types.begin(), nullptr);
  return {{"name", &name, "in the logs; otherwise the class's, in snake case"},
          {"dtype", Fixed{std::move(types), written}, "what Keras counts in"}};
}

std::string name_of(const Metric& metric) {
  if (!metric.object()) return metric.identifier();
  const MetricRule& rule = *metric.object();
  return rule.name.empty() ? to_snake_case(rule.class_name()) : rule.name;
}

std::shared_ptr<const MetricRule> rule_of(const Metric& metric, const ir::Type& labels,
                                          const ir::Type& output) {
  if (metric.object()) return metric.object();
  if (is_chosen_by_shape(metric)) return make_metric(accuracy_for(labels.shape, output.shape));
  return make_metric(metric.identifier());
}

Status check(const Metric& metric, const ir::Type& labels, const ir::Type& output) {
  const auto rule = rule_of(metric, labels, output);
  if (!rule) return unknown_metric(metric.identifier());
  const Status checked = rule->check(labels, output);
  if (checked) return ok();
  return Diagnostic{where_of(metric), checked.error().message, checked.error().note};
}

Expected<Metric> read_metric(const Json& json, const std::string& where) {
  KILN_ASSIGN(const KerasObject object, read_object(json, "a metric", where));
  const Metric by_name(object.identifier);
  const std::shared_ptr<MetricRule> rule = make_metric(object.identifier);
  const bool is_loss =
      json.is_object() && json.contains("module") && json["module"] == "keras.losses";
  if (is_loss && object.has_config()) {
    return Diagnostic{
        where, fmt::format("the loss object {} as a metric is not supported", object.identifier),
        "compile the model with the loss's function or its metric"};
  }
  if (!rule && !(is_chosen_by_shape(by_name) && !object.has_config())) {
    const Diagnostic unknown = unknown_metric(object.identifier);
    return Diagnostic{where, unknown.message, unknown.note};
  }
  if (!object.has_config()) return by_name;
  ConfigReader config(object.config, where + ": " + object.identifier);
  if (rule->name.empty()) rule->name = to_snake_case(rule->class_name());
  read_options(rule->option_list(), config);
  KILN_TRY(config.finish());
  rule->options_were_read();
  return Metric(std::shared_ptr<const MetricRule>(rule));
}

Json write_metric(const Metric& metric, ConfigKind kind) {
  if (!metric.object()) return metric.identifier();
  const MetricRule& rule = *metric.object();
  Json config = Json::object();
  write_options_of(rule, config, kind);
  config["name"] = name_of(metric);
  return write_object("keras.metrics", rule.class_name(), std::move(config));
}

ir::Integers dimensions_from(int64_t from, int64_t rank) {
  ir::Integers dimensions(static_cast<size_t>(std::max<int64_t>(rank - from, 0)));
  std::iota(dimensions.begin(), dimensions.end(), from);
  return dimensions;
}

Tensor like(Tensor p, Tensor y) { return reshape(convert(y, ir::ElementType::f32), p.shape()); }

Tensor quotient(Tensor a, Tensor b) {
  const Tensor is_zero = compare(b, "EQ", 0.0);
  return select(is_zero, a * 0.0, a / select(logical_not(is_zero), b, 1.0));
}

Status expect_labels(const ir::Shape& expected, const ir::Type& labels) {
  if (ir::element_count(expected) == ir::element_count(labels.shape)) return ok();
  return Diagnostic{"",
                    fmt::format("compares labels of shape {}, the loss has labels of shape {}",
                                show_shape(expected), show_shape(labels.shape)),
                    "choose a loss and metrics for one kind of labels"};
}

}  // namespace kiln::keras
