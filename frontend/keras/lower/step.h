// The parts of which lower() makes step functions. Internal to lowering.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "frontend/keras/model/graph.h"
#include "frontend/keras/model/rows.h"
#include "ir/builder.h"
#include "ir/module.h"

namespace kiln::keras {

/// A function being built: its arguments and results by variable.
class StepBuilder {
 public:
  StepBuilder(ir::Function& function, const ir::Module& module, const std::string& location)
      : function_(function), module_(module), builder_(function.body, location) {}

  ir::Builder& builder() { return builder_; }
  ir::Tensor input(const std::string& name, ir::Type type);
  void output(const std::string& name, ir::Tensor value);
  /// The variable's value: at entry, or what was last assigned.
  ir::Tensor read(const std::string& variable);
  void assign(const std::string& variable, ir::Tensor value);
  /// Assigns what a layer made of a weight.
  void change(const WeightChange& change);
  /// The values that stood for a weight, the last of which is read(): that at entry, or those that
  /// layers gave it.
  std::vector<ir::Tensor> values_of(const std::string& weight);
  /// Adds an f32 scalar to the loss, whatever the model's loss function is: a regularizer's.
  void add_loss(ir::Tensor loss) { added_loss_ = added_loss_ ? added_loss_ + loss : loss; }
  /// The sum of what was added; null: nothing.
  ir::Tensor added_loss() const { return added_loss_; }
  /// Rows that layers took from variables, by their names.
  std::vector<Lookup>& lookups() { return lookups_; }
  /// Returns everything that was assigned, in the module's order of variables. Called last.
  void finish();

 private:
  const ir::Variable* declaration(const std::string& variable);

  ir::Function& function_;
  const ir::Module& module_;
  ir::Builder builder_;
  std::unordered_map<std::string, size_t> places_;  ///< of the module's variables, by name
  std::map<std::string, ir::Tensor> values_;
  std::map<std::string, ir::Tensor> assigned_;
  std::map<std::string, std::vector<ir::Tensor>> values_of_weights_;  ///< by layers
  ir::Tensor added_loss_;
  std::vector<Lookup> lookups_;
};

/// Runs the model's layers on `inputs` (one per model input), assigns the weights that they update
/// and adds what regularizers of outputs cost. `rows` are null in predict_step. Masks that are not
/// with the outputs any more are gone.
Expected<std::vector<Signal>> run_layers(const Model& model, const Graph& graph, StepBuilder& step,
                                         const std::vector<ir::Tensor>& inputs, bool training,
                                         const Rows& rows);

/// Adds what the regularizers of all trainable weights cost.
void add_weight_regularization(const Model& model, const Graph& graph, StepBuilder& step);

/// A running mean over the examples since it was last zeroed, kept in two variables.
/// `total` and `count` are what this batch adds. Gives the mean.
ir::Tensor update_mean(StepBuilder& step, const std::string& metric, ir::Tensor total,
                       ir::Tensor count);

/// Adds a batch to a metric's variables. Gives the metric so far.
ir::Tensor update_metric(StepBuilder& step, const std::string& name, const MetricRule& rule,
                         const MetricBatch& batch);

/// "metrics/accuracy/".
std::string metric_prefix(const std::string& metric);

}  // namespace kiln::keras
