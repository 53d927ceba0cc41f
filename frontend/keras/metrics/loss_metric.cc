#include "frontend/keras/metrics/loss_metric.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace kiln::keras {

Status LossMetric::check(const ir::Type& labels, const ir::Type& output) const {
  if (function().joins_rows)
    return Diagnostic{"", fmt::format("{} as a metric is not supported", function().class_name),
                      ""};
  if (loss.ignore_class) return Diagnostic{"", "ignore_class of a metric is not supported", ""};
  return expect_labels(label_type(function(), output).shape, labels);
}

void LossMetric::write_options(Json& config) const {
  write_loss_options(function(), loss, config);
  // Keras's metrics write an axis where its losses do not, and the other way round.
  if (function().name == "binary_crossentropy") config.erase("axis");
  if (function().integer_labels) config["axis"] = -1;
}

ir::Tensor LossMetric::values(const MetricBatch& batch) const {
  const ir::Type type = label_type(function(), batch.p().type());
  const ir::Tensor y = reshape(convert(batch.labels, type.element), type.shape);
  return function().values(loss, y, batch.prediction).values;
}

}  // namespace kiln::keras
