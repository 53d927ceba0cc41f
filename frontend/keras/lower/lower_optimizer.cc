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

/// Of a loss.
struct Gradients {
  std::vector<Tensor> weights;
  std::vector<Tensor> lookups;  ///< of their rows
};

/// Where a weight had several values, Keras has read one variable several times: its gradient is the
/// sum of theirs.
Gradients gradients_of(Tensor loss, const TrainableWeights& trainable, StepBuilder& step) {
  std::vector<Tensor> sources;
  std::vector<size_t> counts;
  for (const NamedType& weight : trainable.variables) {
    const std::vector<Tensor> values = step.values_of(weight.name);
    sources.insert(sources.end(), values.begin(), values.end());
    counts.push_back(values.size());
  }
  for (const Lookup& lookup : step.lookups()) sources.push_back(lookup.rows);
  const std::vector<Tensor> derivatives = gradient(loss, sources);
  Gradients result;
  auto next = derivatives.begin();
  for (const size_t count : counts) {
    result.weights.push_back(*next++);
    for (size_t i = 1; i < count; ++i) result.weights.back() = result.weights.back() + *next++;
  }
  result.lookups.assign(next, derivatives.end());
  return result;
}

OptimizerState read_state(const Optimizer& optimizer, const TrainableWeights& trainable,
                          StepBuilder& step, const Gradients& gradients) {
  OptimizerState state;
  state.iterations = step.read(kIterations);
  if (!optimizer.learning_rate.is_scheduled()) state.learning_rate = step.read(kLearningRate);
  for (const std::string& name : own_variables(optimizer)) state.own.push_back(step.read(name));
  for (size_t i = 0; i < trainable.variables.size(); ++i) {
    const NamedType& weight = trainable.variables[i];
    WeightUpdate update{
        step.read(weight.name), gradients.weights[i], {}, weight.name, trainable.constraints[i]};
    update.squares = squares_of_lookups(trainable, i, step, gradients.lookups);
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
           Tensor loss) {
  const double scale = optimizer.loss_scale_factor.value_or(1);
  const Gradients gradients = gradients_of(scale == 1 ? loss : loss * scale, trainable, step);
  ir::LocationScope scope(step.builder(), kPart);
  OptimizerState state = read_state(optimizer, trainable, step, gradients);
  assign(optimizer, trainable, step, apply(optimizer, std::move(state)));
}

void finalize(const TrainableWeights& trainable, StepBuilder& step) {
  for (const NamedType& weight : trainable.variables)
    step.assign(weight.name, step.read(average_variable(weight.name)));
}

}  // namespace kiln::keras
