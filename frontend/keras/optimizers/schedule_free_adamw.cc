#include "frontend/keras/optimizers/schedule_free_adamw.h"

namespace kiln::keras {

using ir::Tensor;

std::vector<std::vector<Slot>> ScheduleFreeAdamW::slots(const NamedType&) const {
  return {{Slot{"momentum"}, Slot{"velocity"}}};
}

Prepared ScheduleFreeAdamW::prepare(const StepScalars& step) const {
  Tensor rate = step.learning_rate;
  if (warmup_steps > 0) rate = rate * minimum(step.step / static_cast<double>(warmup_steps), 1.0);
  return {{rate, 1.0 - power(beta_2, step.step), 1.0 / step.step}, {}};
}

/// The point begins at the weight, whatever the variable's first value: Keras copies it when it
/// makes the variable.
WeightUpdate ScheduleFreeAdamW::update(const WeightUpdate& before,
                                       std::span<const Tensor> prepared) const {
  const Tensor &rate = prepared[0], &correction = prepared[1], &share = prepared[2];
  const Tensor is_first = compare(share, "EQ", 1.0);
  const Tensor point = select(is_first, before.undecayed, before.slots[0]);
  const Tensor v = before.slots[1] + (before.squared_gradient() - before.slots[1]) * (1 - beta_2);
  const Tensor next = point - before.gradient * rate / (sqrt(v / correction) + epsilon);
  const Tensor mean = (before.weight - point * (1 - beta_1)) / beta_1;
  const Tensor next_mean = mean * (1.0 - share) + next * share;
  return {next * (1 - beta_1) + next_mean * beta_1, {}, {next, v}};
}

OptionList ScheduleFreeAdamW::own_options() {
  return {{"beta_1", &beta_1, "how near the weights are to the mean of all points"},
          {"beta_2", &beta_2, "of the running mean of squares: how much it keeps in a step"},
          {"epsilon", &epsilon, "added to what the step is divided by"},
          {"warmup_steps", &warmup_steps, "the rate rises to its value over so many steps"}};
}

}  // namespace kiln::keras
