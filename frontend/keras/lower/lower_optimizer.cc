#include "frontend/keras/lower/lower_optimizer.h"

#include <span>

#include "ir/indexing.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

const char* const kPart = "optimizer";

/// WeightUpdate::squares of a weight, from the gradients of all lookups. A regularized weight's
/// gradient is in one part, for Keras, too.
Tensor squares_of_lookups(const TrainableWeights& trainable, size_t which, StepBuilder& step,
                          std::span<const Tensor> gradients) {
  const NamedType& weight = trainable.variables[which];
  if (trainable.regularized[which]) return {};
  Tensor squares;
  for (size_t i = 0; i < gradients.size(); ++i) {
    const Lookup& lookup = step.lookups()[i];
    if (lookup.weight != weight.name) continue;
    if (!squares) squares = step.builder().constant(0, weight.type);
    squares = add_rows(squares, lookup.indices, square(gradients[i]));
  }
  return squares;
}

/// `gradients`: of the weights, then of the lookups' rows.
OptimizerState read_state(const Optimizer& optimizer, const TrainableWeights& trainable,
                          StepBuilder& step, const std::vector<Tensor>& values,
                          const std::vector<Tensor>& gradients) {
  OptimizerState state;
  state.iterations = step.read(kIterations);
  if (!optimizer.learning_rate.is_scheduled()) state.learning_rate = step.read(kLearningRate);
  for (const std::string& name : own_variables(optimizer)) state.own.push_back(step.read(name));
  for (size_t i = 0; i < values.size(); ++i) {
    const NamedType& weight = trainable.variables[i];
    WeightUpdate update{values[i], gradients[i], {}, weight.name, trainable.constraints[i]};
    update.squares =
        squares_of_lookups(trainable, i, step, std::span(gradients).subspan(values.size()));
    for (const std::string& slot : slot_variables(optimizer, weight))
      update.slots.push_back(step.read(slot));
    state.weights.push_back(std::move(update));
  }
  return state;
}

void assign(const Optimizer& optimizer, const TrainableWeights& trainable, StepBuilder& step,
            const OptimizerState& state) {
  for (size_t i = 0; i < state.weights.size(); ++i) {
    const NamedType& weight = trainable.variables[i];
    step.assign(weight.name, state.weights[i].weight);
    const std::vector<std::string> slots = slot_variables(optimizer, weight);
    for (size_t s = 0; s < slots.size(); ++s) step.assign(slots[s], state.weights[i].slots[s]);
  }
  const std::vector<std::string> own = own_variables(optimizer);
  for (size_t i = 0; i < own.size(); ++i) step.assign(own[i], state.own[i]);
  step.assign(kIterations, state.iterations);
}

}  // namespace

void declare_optimizer(const Optimizer& optimizer, const TrainableWeights& trainable,
                       Variables& variables) {
  for (OptimizerVariable& variable : optimizer_variables(optimizer, trainable.variables)) {
    variables.declare(std::move(variable.name), std::move(variable.type), ir::Role::optimizer,
                      constant_initializer(variable.initial), kPart);
  }
}

void train(const Optimizer& optimizer, const TrainableWeights& trainable, StepBuilder& step,
           Tensor loss, const std::vector<Tensor>& values) {
  const double scale = optimizer.loss_scale_factor.value_or(1);
  std::vector<Tensor> sources = values;
  for (const Lookup& lookup : step.lookups()) sources.push_back(lookup.rows);
  const std::vector<Tensor> gradients = gradient(scale == 1 ? loss : loss * scale, sources);
  ir::LocationScope scope(step.builder(), kPart);
  OptimizerState state = read_state(optimizer, trainable, step, values, gradients);
  assign(optimizer, trainable, step, apply(optimizer, std::move(state)));
}

void finalize(const TrainableWeights& trainable, StepBuilder& step) {
  for (const NamedType& weight : trainable.variables)
    step.assign(weight.name, step.read(average_variable(weight.name)));
}

}  // namespace kiln::keras
