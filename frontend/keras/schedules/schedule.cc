// Names, options and files of schedules; rates.cc computes them.
#include "frontend/keras/schedules/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/json/keras_object.h"
#include "frontend/keras/options/config.h"
#include "frontend/keras/options/object_kind.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

struct NamedRule {
  std::string_view class_name;
  std::string_view name;  ///< Keras's default for the object
  std::string_view meaning;
  ScheduleRule rule;
};

/// All schedules, in the order of ScheduleRule.
const std::vector<NamedRule>& rules() {
  static const std::vector<NamedRule> kRules = {
      {"ExponentialDecay", "ExponentialDecay", "initial · decay_rate ^ (step / decay_steps)",
       ExponentialDecay{}},
      {"InverseTimeDecay", "InverseTimeDecay", "initial / (1 + decay_rate · step / decay_steps)",
       InverseTimeDecay{}},
      {"PiecewiseConstantDecay", "PiecewiseConstant", "a value for each run of steps",
       PiecewiseConstantDecay{}},
      {"PolynomialDecay", "PolynomialDecay", "along (1 - step / decay_steps) ^ power",
       PolynomialDecay{}},
      {"CosineDecay", "CosineDecay", "along half a cosine", CosineDecay{}},
      {"CosineDecayRestarts", "SGDRDecay", "along half a cosine, again and again",
       CosineDecayRestarts{}},
  };
  return kRules;
}

const NamedRule& named(const Schedule& schedule) { return rules()[schedule.rule.index()]; }

/// The options of a rule. `name` is the schedule's, which Keras writes among them.
struct ListOptions {
  std::string& name;

  Option initial(double& rate) const {
    return {"initial_learning_rate", &rate, "the rate of step 0", kRequired};
  }
  Option own_name() const { return {"name", &name, "of the object"}; }

  OptionList exponents(auto& rule) const {
    return {initial(rule.initial_learning_rate),
            {"decay_steps", Count{&rule.decay_steps}, "steps of one decay", kRequired},
            {"decay_rate", &rule.decay_rate, "how much one decay is", kRequired},
            {"staircase", &rule.staircase, "decay after whole decay_steps alone"},
            own_name()};
  }
  OptionList operator()(ExponentialDecay& rule) const { return exponents(rule); }
  OptionList operator()(InverseTimeDecay& rule) const { return exponents(rule); }
  OptionList operator()(PiecewiseConstantDecay& rule) const {
    return {{"boundaries", Counts{&rule.boundaries}, "the last steps of all runs but the last",
             kRequired},
            {"values", &rule.values, "the rates of the runs", kRequired},
            own_name()};
  }
  OptionList operator()(PolynomialDecay& rule) const {
    return {initial(rule.initial_learning_rate),
            {"decay_steps", Count{&rule.decay_steps}, "steps until the end", kRequired},
            {"end_learning_rate", &rule.end_learning_rate, "the rate at the end"},
            {"power", &rule.power, "of the polynomial"},
            {"cycle", &rule.cycle, "decay_steps grow to their next multiple instead of ending"},
            own_name()};
  }
  OptionList operator()(CosineDecay& rule) const {
    return {initial(rule.initial_learning_rate),
            {"decay_steps", Count{&rule.decay_steps}, "steps until the end", kRequired},
            {"alpha", &rule.alpha, "the rate at the end, as a part of the initial one"},
            own_name(),
            {"warmup_target", &rule.warmup_target,
             "the rate that a line first leads to; null: there is none"},
            {"warmup_steps", Count{&rule.warmup_steps}, "steps of that line"}};
  }
  OptionList operator()(CosineDecayRestarts& rule) const {
    return {initial(rule.initial_learning_rate),
            {"first_decay_steps", Count{&rule.first_decay_steps}, "steps of the first period",
             kRequired},
            {"t_mul", &rule.t_mul, "how much longer each period is than the one before"},
            {"m_mul", &rule.m_mul, "how much higher each period starts"},
            {"alpha", &rule.alpha, "the rate at the end of a period, as a part of its first"},
            own_name()};
  }
};

/// The steps over which it decays; nothing: it has boundaries instead.
std::optional<double> decay_steps(const ScheduleRule& rule) {
  return std::visit(
      [](const auto& r) -> std::optional<double> {
        if constexpr (requires { r.first_decay_steps; }) return r.first_decay_steps;
        if constexpr (requires { r.decay_steps; }) return r.decay_steps;
        return {};
      },
      rule);
}

Status check_pieces(const PiecewiseConstantDecay& rule) {
  if (rule.boundaries.empty() || rule.values.size() != rule.boundaries.size() + 1) {
    return Diagnostic{"",
                      fmt::format("needs one value more than boundaries, has {} and {}",
                                  rule.values.size(), rule.boundaries.size()),
                      ""};
  }
  if (std::is_sorted(rule.boundaries.begin(), rule.boundaries.end())) return ok();
  return Diagnostic{"", "the boundaries must rise", ""};
}

Status check_options(const ScheduleRule& rule) {
  if (const auto* pieces = std::get_if<PiecewiseConstantDecay>(&rule)) return check_pieces(*pieces);
  if (const double steps = *decay_steps(rule); !(steps > 0))
    return Diagnostic{"", fmt::format("decays over {} steps, it must be more than 0", steps), ""};
  if (const auto* restarts = std::get_if<CosineDecayRestarts>(&rule);
      restarts && !(restarts->t_mul > 0))
    return Diagnostic{"", fmt::format("t_mul must be positive, not {}", restarts->t_mul), ""};
  return ok();
}

}  // namespace

OptionList Schedule::option_list() { return std::visit(ListOptions{name}, rule); }

Status check(const Schedule& schedule) {
  const Status checked = check_options(schedule.rule);
  if (checked) return ok();
  return Diagnostic{fmt::format("schedule \"{}\"", named(schedule).class_name),
                    checked.error().message, checked.error().note};
}

Expected<Schedule> read_schedule(const Json& json, const std::string& where) {
  KILN_ASSIGN(const KerasObject object, read_object(json, "a schedule", where));
  std::vector<std::string_view> names;
  for (const NamedRule& known : rules()) {
    names.push_back(known.class_name);
    if (known.class_name != object.identifier) continue;
    Schedule schedule{known.rule, std::string(known.name)};
    ConfigReader config(object.config, where + ": " + object.identifier);
    read_options(schedule.option_list(), config);
    KILN_TRY(config.finish());
    if (const Status checked = check_options(schedule.rule); !checked)
      return Diagnostic{config.where(), checked.error().message, checked.error().note};
    return schedule;
  }
  return Diagnostic{where, fmt::format("unknown schedule \"{}\"", object.identifier),
                    ir::did_you_mean(object.identifier, names)};
}

Json write_schedule(const Schedule& schedule) {
  const NamedRule& known = named(schedule);
  Schedule written = schedule;
  if (written.name.empty()) written.name = known.name;
  Json config = Json::object();
  write_options(written.option_list(), config);
  return write_object("keras.optimizers.schedules", known.class_name, std::move(config));
}

std::vector<ClassReference> schedule_reference() {
  std::vector<ClassReference> classes;
  for (const NamedRule& known : rules()) {
    Schedule schedule{known.rule, std::string(known.name)};
    classes.push_back(describe(known.class_name, known.meaning, schedule.option_list()));
  }
  return classes;
}

namespace {

void read(LearningRate& rate, const OptionReading& from) {
  if (from.value().is_object()) {
    auto schedule = read_schedule(from.value(), from.where());
    if (!schedule) return from.config.fail(schedule.error());
    rate = LearningRate(std::move(*schedule));
  } else if (from.config.has(from.key)) {
    rate = from.config.number(from.key);
  }
}
// Keras keeps the learning rate in a float32 variable and writes what that holds.
Json write(const LearningRate& rate, ConfigKind) {
  return rate.is_scheduled() ? write_schedule(rate.schedule())
                             : Json(static_cast<double>(static_cast<float>(rate.value())));
}
// The number that was meant, not what float32 makes of it.
std::string show_default(const void* rate) {
  return fmt::format("{}", static_cast<const LearningRate*>(rate)->value());
}

}  // namespace

const ObjectKind& object_kind(const LearningRate*) {
  static constexpr ObjectKind kKind = [] {
    ObjectKind kind = object_kind_of<LearningRate, read, write>("number or schedule");
    kind.show_default = show_default;
    return kind;
  }();
  return kKind;
}

}  // namespace kiln::keras
