#include "frontend/keras/metrics/loss_metric.h"

#include <fmt/format.h>

namespace kiln::keras {

Status LossMetric::check(const ir::Type& labels, const ir::Type& output) const {
  const bool by_row = !function().joins_rows && !function().values_among;
  if (!by_row || function().whole_sequences)
    return Diagnostic{"", fmt::format("{} as a metric is not supported", function().class_name),
                      ""};
  if (loss.ignore_class) return Diagnostic{"", "ignore_class of a metric is not supported", ""};
  return expect_labels(label_type(function(), output).shape, labels);
}

// Keras's metrics write an axis where its losses do not, and the other way round.
OptionList LossMetric::option_list() {
  OptionList own = function().option_list(loss);
  for (Option& option : own) {
    if (option.key != "axis") continue;
    if (function().name == "binary_crossentropy") option.flags = kNotWritten;
    if (function().integer_labels) option.flags = kPlain;
  }
  return common_options() + own;
}

ir::Tensor LossMetric::values(const MetricBatch& batch) const {
  const ir::Type type = label_type(function(), batch.p().type());
  const ir::Tensor y = reshape(convert(batch.labels, type.element), type.shape);
  return function().values(loss, y, batch.prediction).values;
}

}  // namespace kiln::keras
