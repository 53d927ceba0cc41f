#include "frontend/keras/optimizers/apply.h"

#include <algorithm>
#include <map>

#include "frontend/keras/optimizers/clip.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

const char* const kAverage = "average";
const char* const kAccumulator = "gradient_accumulator";

/// The slots of a weight, groups as in Optimizer::slots(): those that every optimizer may have come
/// first.
std::vector<std::vector<Slot>> all_slots(const Optimizer& optimizer, const NamedType& weight) {
  std::vector<std::vector<Slot>> groups;
  if (optimizer.use_ema) groups.push_back({Slot{kAverage}});
  if (optimizer.gradient_accumulation_steps) groups.push_back({Slot{kAccumulator}});
  for (auto& group : optimizer.slots(weight)) groups.push_back(std::move(group));
  return groups;
}

std::string slot_variable(const std::string& weight, const std::string& slot) {
  return "optimizer/" + weight + "/" + slot;
}

OptimizerVariable variable_of(const NamedType& weight, const Slot& slot) {
  return {slot_variable(weight.name, slot.name), slot.type.value_or(weight.type), slot.initial};
}

bool decays(const Optimizer& optimizer, const std::string& weight) {
  const std::string own_name = weight.substr(weight.rfind('/') + 1);
  const auto& excluded = optimizer.exclude_from_weight_decay;
  return std::none_of(excluded.begin(), excluded.end(), [&](const std::string& part) {
    return own_name.find(part) != std::string::npos;
  });
}

/// Clipping, decay and the rule, for gradients as they are. Slots are the rule's alone.
std::vector<Tensor> update_weights(const Optimizer& optimizer, const StepScalars& step,
                                   std::vector<WeightUpdate>& weights) {
  clip(optimizer, weights);
  const Prepared prepared = optimizer.prepare(step);
  std::map<double, Tensor> decays_by_part;
  for (WeightUpdate& weight : weights) {
    ir::LocationScope scope(*weight.weight.builder, weight.name);
    weight.undecayed = weight.weight;
    const auto part = optimizer.decay_of({weight.name, weight.weight.type()});
    if (part && decays(optimizer, weight.name)) {
      Tensor& decay = decays_by_part[*part];
      if (!decay) decay = step.learning_rate * *part;
      weight.weight = weight.weight - weight.weight * decay;
    }
    WeightUpdate after = optimizer.update(weight, prepared.values);
    weight.weight = after.weight;
    weight.slots = std::move(after.slots);
  }
  return prepared.own;
}

/// Takes one slot out of every weight, in front.
std::vector<Tensor> take_first_slots(std::vector<WeightUpdate>& weights) {
  std::vector<Tensor> slots;
  for (WeightUpdate& weight : weights) {
    slots.push_back(weight.slots.front());
    weight.slots.erase(weight.slots.begin());
  }
  return slots;
}

void put_first_slots(std::vector<WeightUpdate>& weights, const std::vector<Tensor>& slots) {
  for (size_t i = 0; i < weights.size(); ++i)
    weights[i].slots.insert(weights[i].slots.begin(), slots[i]);
}

/// Whether `count` steps or updates make a full period.
Tensor completes(Tensor count, int64_t period) {
  return compare(
      remainder(count, count.builder->constant(static_cast<double>(period), count.type())), "EQ",
      0.0);
}

/// An update where the step is the last of its period; otherwise the gradients are added up.
std::vector<Tensor> update_by_accumulated(const Optimizer& optimizer, const StepScalars& step,
                                          Tensor is_last, std::vector<WeightUpdate>& weights) {
  std::vector<Tensor> sums = take_first_slots(weights);
  const std::vector<WeightUpdate> before = weights;
  for (size_t i = 0; i < weights.size(); ++i) {
    sums[i] = weights[i].gradient + sums[i];
    weights[i].gradient = sums[i] / static_cast<double>(*optimizer.gradient_accumulation_steps);
    weights[i].squares = {};  // sums have one part
  }
  std::vector<Tensor> own = update_weights(optimizer, step, weights);
  for (size_t i = 0; i < own.size(); ++i) own[i] = select(is_last, own[i], step.own[i]);
  for (size_t i = 0; i < weights.size(); ++i) {
    weights[i].weight = select(is_last, weights[i].weight, before[i].weight);
    for (size_t s = 0; s < weights[i].slots.size(); ++s)
      weights[i].slots[s] = select(is_last, weights[i].slots[s], before[i].slots[s]);
    sums[i] = select(logical_not(is_last), sums[i], 0.0);
  }
  put_first_slots(weights, sums);
  return own;
}

/// The averages start at the weights' values after the first update.
void update_averages(const Optimizer& optimizer, Tensor updates, std::vector<Tensor>& averages,
                     std::vector<WeightUpdate>& weights) {
  ir::Builder& builder = *updates.builder;
  const Tensor momentum =
      select(compare(updates, "NE", 0.0), builder.scalar(optimizer.ema_momentum), 0.0);
  for (size_t i = 0; i < weights.size(); ++i) {
    ir::LocationScope scope(builder, weights[i].name);
    averages[i] = averages[i] * momentum + weights[i].weight * (1.0 - momentum);
    if (!optimizer.ema_overwrite_frequency) continue;
    weights[i].weight = select(completes(updates + 1.0, *optimizer.ema_overwrite_frequency),
                               averages[i], weights[i].weight);
  }
}

}  // namespace

std::vector<OptimizerVariable> optimizer_variables(const Optimizer& optimizer,
                                                   std::span<const NamedType> trainable) {
  const ir::Type scalar{ir::ElementType::f32, {}};
  std::vector<OptimizerVariable> variables = {{kIterations, {ir::ElementType::i64, {}}}};
  if (!optimizer.learning_rate.is_scheduled())
    variables.push_back({kLearningRate, scalar, optimizer.learning_rate.value()});
  const size_t groups = all_slots(optimizer, NamedType{}).size();
  for (size_t group = 0; group < groups; ++group) {
    for (const NamedType& weight : trainable) {
      const std::vector<Slot> slots = all_slots(optimizer, weight)[group];
      for (const Slot& slot : slots) variables.push_back(variable_of(weight, slot));
    }
  }
  for (const Slot& own : optimizer.own_scalars())
    variables.push_back({"optimizer/" + own.name, scalar, own.initial});
  return variables;
}

std::vector<std::string> slot_variables(const Optimizer& optimizer, const NamedType& weight) {
  std::vector<std::string> names;
  for (const auto& group : all_slots(optimizer, weight)) {
    for (const Slot& slot : group) names.push_back(slot_variable(weight.name, slot.name));
  }
  return names;
}

std::vector<std::string> own_variables(const Optimizer& optimizer) {
  std::vector<std::string> names;
  for (const Slot& own : optimizer.own_scalars()) names.push_back("optimizer/" + own.name);
  return names;
}

std::string average_variable(const std::string& weight) { return slot_variable(weight, kAverage); }

OptimizerState apply(const Optimizer& optimizer, OptimizerState before) {
  const auto f32 = ir::ElementType::f32;
  OptimizerState after = std::move(before);
  std::vector<WeightUpdate>& weights = after.weights;
  const Tensor iterations = after.iterations;
  after.iterations = iterations + 1.0;
  if (optimizer.loss_scale_factor) {
    for (WeightUpdate& weight : weights) {
      weight.gradient = weight.gradient / *optimizer.loss_scale_factor;
      if (weight.squares)
        weight.squares =
            weight.squares / (*optimizer.loss_scale_factor * *optimizer.loss_scale_factor);
    }
  }
  std::vector<Tensor> averages;
  if (optimizer.use_ema) averages = take_first_slots(weights);

  StepScalars step{after.learning_rate, {}, after.own};
  if (optimizer.learning_rate.is_scheduled())
    step.learning_rate = rate_at(optimizer.learning_rate.schedule(), convert(iterations, f32));
  Tensor updates = iterations;
  if (const auto period = optimizer.gradient_accumulation_steps) {
    updates = iterations / static_cast<double>(*period);
    step.step = convert(updates + 1.0, f32);
    after.own =
        update_by_accumulated(optimizer, step, completes(after.iterations, *period), weights);
  } else {
    step.step = convert(after.iterations, f32);
    after.own = update_weights(optimizer, step, weights);
  }
  if (optimizer.use_ema) {
    update_averages(optimizer, updates, averages, weights);
    put_first_slots(weights, averages);
  }
  for (WeightUpdate& weight : weights) {
    if (weight.constraint) weight.weight = constrained(weight.constraint, weight.weight);
  }
  return after;
}

}  // namespace kiln::keras
