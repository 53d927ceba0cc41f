// Lowering of losses and metrics: the labels that a step takes, the loss of a batch, and the
// running means that are reported.
#pragma once

#include <string>
#include <vector>

#include "frontend/keras/lower/lower.h"
#include "frontend/keras/lower/lower_variables.h"
#include "frontend/keras/lower/objective.h"
#include "frontend/keras/lower/step.h"

namespace kiln::keras {

/// What a step is told about each output besides the model's inputs; null for an output without a
/// loss, and where the step takes no sample weights.
struct Labels {
  std::vector<ir::Tensor> labels;
  std::vector<ir::Tensor> sample_weights;  ///< f32, [batch] or in the shape of the loss's values
};

/// The step's argument of that kind for an input or output: "x" where there is one, else "x/NAME".
std::string argument_name(const std::string& kind, const std::string& name, bool several);

/// Adds the arguments: labels of all outputs, then sample weights of all outputs.
Labels add_labels(StepBuilder& step, const Objective& objective, SampleWeights weights);

/// The losses of a batch.
struct BatchLoss {
  ir::Tensor total;                   ///< weighted by loss_weights, summed: what is trained on
  std::vector<ir::Tensor> by_output;  ///< not weighted; null for an output without a loss
};
BatchLoss batch_loss(StepBuilder& step, const Objective& objective, const Labels& labels,
                     const std::vector<Signal>& predictions, const Rows& rows);

/// Declares the variables of the running means.
void declare_means(const Objective& objective, Variables& variables);

/// Appends the running means and the step's outputs of that name: "loss" weighted by the batch's
/// rows; each output's loss, where there are several, a mean over batches, as Keras has it; each
/// metric weighted by its rows.
void add_means(StepBuilder& step, const Objective& objective, const Labels& labels,
               const std::vector<Signal>& predictions, const BatchLoss& loss, const Rows& rows);

}  // namespace kiln::keras
