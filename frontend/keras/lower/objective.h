// What a model is trained on: for each output its loss, and what is reported of it. compile()'s
// arguments, resolved for the model's outputs and checked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/model/graph.h"
#include "frontend/keras/model/model.h"

namespace kiln::keras {

/// A metric of an output.
struct OutputMetric {
  Metric metric;
  std::string log_name;   ///< in logs and history: "accuracy", "digit_accuracy"
  bool weighted = false;  ///< by sample weights, where there are some
};

/// One output.
struct OutputObjective {
  std::string name;  ///< the model's output_names()
  ir::Type type;
  std::optional<Loss> loss;                ///< none: it takes no labels
  const LossFunction* function = nullptr;  ///< the loss's
  double loss_weight = 1;
  std::vector<OutputMetric> metrics;
  std::string loss_log_name = "";  ///< "digit_loss"; empty where the model has one loss

  ir::Type labels() const { return label_type(*function, type); }
};

/// All outputs, in the model's order.
using Objective = std::vector<OutputObjective>;

/// Of a compiled model. Errors name the argument of compile() and the output.
Expected<Objective> resolve_objective(const Model& model, const Graph& graph);
/// Its losses alone, without metrics.
Expected<Objective> resolve_losses(const Model& model, const Graph& graph);

}  // namespace kiln::keras
