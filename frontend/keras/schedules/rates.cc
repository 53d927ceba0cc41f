// Schedules in ops, in f32 as Keras computes them.
#include <cmath>
#include <numbers>

#include "frontend/keras/schedules/schedule.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// step / decay_steps, or its whole part.
Tensor periods(Tensor step, double decay_steps, bool staircase) {
  const Tensor p = step / decay_steps;
  return staircase ? floor(p) : p;
}

/// Half a cosine: 1 at 0, `alpha` at 1; `height` scales the cosine.
Tensor half_cosine(Tensor fraction, double alpha, Tensor height) {
  return height * (cosine(fraction * std::numbers::pi) + 1.0) * 0.5 * (1 - alpha) + alpha;
}

Tensor rate(const ExponentialDecay& rule, Tensor step) {
  return power(rule.decay_rate, periods(step, rule.decay_steps, rule.staircase)) *
         rule.initial_learning_rate;
}

Tensor rate(const InverseTimeDecay& rule, Tensor step) {
  const Tensor p = periods(step, rule.decay_steps, rule.staircase);
  return rule.initial_learning_rate / (p * rule.decay_rate + 1.0);
}

Tensor rate(const PiecewiseConstantDecay& rule, Tensor step) {
  Tensor value = step.builder->scalar(rule.values.back());
  for (size_t i = rule.boundaries.size(); i-- > 0;) {
    value = select(compare(step, "LE", std::floor(rule.boundaries[i])),
                   step.builder->scalar(rule.values[i]), value);
  }
  return value;
}

Tensor rate(const PolynomialDecay& rule, Tensor step) {
  Tensor steps = step.builder->scalar(rule.decay_steps);
  if (rule.cycle) {
    steps = steps * maximum(ceil(step / rule.decay_steps), 1.0);
  } else {
    step = minimum(step, steps);
  }
  const Tensor remaining = power(1.0 - step / steps, rule.power);
  return remaining * (rule.initial_learning_rate - rule.end_learning_rate) + rule.end_learning_rate;
}

Tensor rate(const CosineDecay& rule, Tensor step) {
  const Tensor one = step.builder->scalar(1);
  const double start = rule.warmup_target.value_or(rule.initial_learning_rate);
  const double warmup_steps = rule.warmup_target ? rule.warmup_steps : 0;
  const Tensor decaying = minimum(step, rule.decay_steps + warmup_steps) - warmup_steps;
  const Tensor decayed = half_cosine(decaying / rule.decay_steps, rule.alpha, one) * start;
  if (warmup_steps == 0) return decayed;
  const Tensor warming =
      step / warmup_steps * (start - rule.initial_learning_rate) + rule.initial_learning_rate;
  return select(compare(step, "LT", warmup_steps), warming, decayed);
}

/// The period that the step is in and the part of it that has passed. Periods grow geometrically:
/// the first `n` take (t_mul^n - 1) / (t_mul - 1) times the first.
Tensor rate(const CosineDecayRestarts& rule, Tensor step) {
  const Tensor passed = step / rule.first_decay_steps;
  Tensor period, fraction;
  if (rule.t_mul == 1) {
    period = floor(passed);
    fraction = passed - period;
  } else {
    period = floor(log(1.0 - passed * (1 - rule.t_mul)) / std::log(rule.t_mul));
    const Tensor growth = power(rule.t_mul, period);
    fraction = (passed - (1.0 - growth) / (1 - rule.t_mul)) / growth;
  }
  return half_cosine(fraction, rule.alpha, power(rule.m_mul, period)) * rule.initial_learning_rate;
}

}  // namespace

Tensor rate_at(const Schedule& schedule, Tensor step) {
  return std::visit([&](const auto& rule) { return rate(rule, step); }, schedule.rule);
}

}  // namespace kiln::keras
