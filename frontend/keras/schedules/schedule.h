// Learning-rate schedules by Keras's names: a rate for every step, computed in the compiled step.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "frontend/keras/json/json.h"
#include "frontend/keras/options/reference.h"
#include "ir/builder.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// initial_learning_rate * decay_rate ^ (step / decay_steps); staircase: of the whole part alone.
struct ExponentialDecay {
  double initial_learning_rate = 0;
  double decay_steps = 0;
  double decay_rate = 0;
  bool staircase = false;
};

/// initial_learning_rate / (1 + decay_rate * step / decay_steps)
struct InverseTimeDecay {
  double initial_learning_rate = 0;
  double decay_steps = 0;
  double decay_rate = 0;
  bool staircase = false;
};

/// values[i] up to and including step boundaries[i]; the last value after all of them.
struct PiecewiseConstantDecay {
  std::vector<double> boundaries = {};
  std::vector<double> values = {};
};

/// From initial_learning_rate to end_learning_rate along (1 - step / decay_steps) ^ power; cycle:
/// decay_steps grows to its next multiple instead of ending.
struct PolynomialDecay {
  double initial_learning_rate = 0;
  double decay_steps = 0;
  double end_learning_rate = 0.0001;
  double power = 1;
  bool cycle = false;
};

/// Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts" (2016), without
/// restarts: half a cosine down to alpha * initial_learning_rate. With a warmup_target, a line up
/// to it in warmup_steps comes first, and the cosine starts there.
struct CosineDecay {
  double initial_learning_rate = 0;
  double decay_steps = 0;
  double alpha = 0;
  std::optional<double> warmup_target = {};
  double warmup_steps = 0;
};

/// The same with restarts: each period is t_mul times longer and starts m_mul times as high.
struct CosineDecayRestarts {
  double initial_learning_rate = 0;
  double first_decay_steps = 0;
  double t_mul = 2;
  double m_mul = 1;
  double alpha = 0;
};

using ScheduleRule = std::variant<ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay,
                                  PolynomialDecay, CosineDecay, CosineDecayRestarts>;

struct Schedule {
  ScheduleRule rule;
  std::string name = "";  ///< empty: Keras's

  /// In Keras's order.
  OptionList option_list();
};

/// Whether the options make sense. Errors name the schedule.
Status check(const Schedule& schedule);

/// The rate of a step. step: f32 scalar, 0 in the first step. Gives an f32 scalar.
ir::Tensor rate_at(const Schedule& schedule, ir::Tensor step);

/// From Keras's object. `where` opens the errors.
Expected<Schedule> read_schedule(const Json& json, const std::string& where);
Json write_schedule(const Schedule& schedule);

/// Every class with its options.
std::vector<ClassReference> schedule_reference();

/// An optimizer's learning rate: a number, kept in a variable and changed at will, or a schedule.
class LearningRate {
 public:
  LearningRate(double value) : value_(value) {}
  LearningRate(Schedule schedule) : schedule_(std::move(schedule)) {}
  template <typename Rule>
  requires std::constructible_from<ScheduleRule, Rule> &&
      (!std::convertible_to<Rule, double>)LearningRate(Rule rule)
      : schedule_(Schedule{std::move(rule)}) {}

  bool is_scheduled() const { return schedule_.has_value(); }
  /// The number; meaningless under a schedule.
  double value() const { return value_; }
  const Schedule& schedule() const { return *schedule_; }

 private:
  double value_ = 0;
  std::optional<Schedule> schedule_;
};

/// As an option.
const ObjectKind& object_kind(const LearningRate*);

}  // namespace kiln::keras
