// Metrics by Keras's names: a value per row, whose mean over all rows is reported.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/json.h"
#include "frontend/keras/layer.h"
#include "runtime/expected.h"

namespace kiln::keras {

/// A metric as a model's compile() takes it.
struct Metric {
  std::string identifier;      ///< as written: "accuracy", "mse", "BinaryAccuracy"
  std::string name = "";       ///< in the logs; empty: Keras's choice
  double threshold = 0.5;      ///< of binary accuracy
  bool from_logits = false;    ///< of a cross-entropy
  double label_smoothing = 0;  ///< of a cross-entropy
  bool is_object = false;      ///< written in files as an object, not by its name alone

  Metric() = default;
  Metric(const char* identifier) : identifier(identifier) {}
  Metric(std::string identifier) : identifier(std::move(identifier)) {}
};

/// The name in logs and history.
std::string name_of(const Metric& metric);

/// Whether the metric is known and compares labels and outputs of these types.
Status check(const Metric& metric, const ir::Type& labels, const ir::Type& output);

/// y: labels; prediction: [batch, ...]. Gives f32 [batch, ...]: values whose mean is a row's.
/// "accuracy" is binary, sparse or categorical by the shapes, as Keras chooses.
ir::Tensor metric_values(const Metric& metric, ir::Tensor y, const Signal& prediction);

/// From a name, or from Keras's object. `where` opens the errors.
Expected<Metric> read_metric(const Json& json, const std::string& where);
Json write_metric(const Metric& metric);

}  // namespace kiln::keras
