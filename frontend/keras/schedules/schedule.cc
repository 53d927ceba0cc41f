// Names, options and files of schedules; rates.cc computes them.
#include "frontend/keras/schedules/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "frontend/keras/config_reader.h"
#include "frontend/keras/keras_object.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

struct NamedRule {
  std::string_view class_name;
  std::string_view name;  ///< Keras's default for the object
  ScheduleRule rule;
};

/// All schedules, in the order of ScheduleRule.
const std::vector<NamedRule>& rules() {
  static const std::vector<NamedRule> kRules = {
      {"ExponentialDecay", "ExponentialDecay", ExponentialDecay{}},
      {"InverseTimeDecay", "InverseTimeDecay", InverseTimeDecay{}},
      {"PiecewiseConstantDecay", "PiecewiseConstant", PiecewiseConstantDecay{}},
      {"PolynomialDecay", "PolynomialDecay", PolynomialDecay{}},
      {"CosineDecay", "CosineDecay", CosineDecay{}},
      {"CosineDecayRestarts", "SGDRDecay", CosineDecayRestarts{}},
  };
  return kRules;
}

const NamedRule& named(const Schedule& schedule) { return rules()[schedule.rule.index()]; }

template <typename T, typename... Rules>
concept OneOf = (std::same_as<std::remove_const_t<T>, Rules> || ...);

// each_option() calls visit(key, value, required) for every option in Keras's order. One definition
// reads and writes: rule and name may be const.

template <OneOf<ExponentialDecay, InverseTimeDecay> Rule, typename Name, typename Visit>
void each_option(Rule& rule, Name& name, Visit visit) {
  visit("initial_learning_rate", rule.initial_learning_rate, true);
  visit("decay_steps", rule.decay_steps, true);
  visit("decay_rate", rule.decay_rate, true);
  visit("staircase", rule.staircase, false);
  visit("name", name, false);
}

template <OneOf<PiecewiseConstantDecay> Rule, typename Name, typename Visit>
void each_option(Rule& rule, Name& name, Visit visit) {
  visit("boundaries", rule.boundaries, true);
  visit("values", rule.values, true);
  visit("name", name, false);
}

template <OneOf<PolynomialDecay> Rule, typename Name, typename Visit>
void each_option(Rule& rule, Name& name, Visit visit) {
  visit("initial_learning_rate", rule.initial_learning_rate, true);
  visit("decay_steps", rule.decay_steps, true);
  visit("end_learning_rate", rule.end_learning_rate, false);
  visit("power", rule.power, false);
  visit("cycle", rule.cycle, false);
  visit("name", name, false);
}

template <OneOf<CosineDecay> Rule, typename Name, typename Visit>
void each_option(Rule& rule, Name& name, Visit visit) {
  visit("initial_learning_rate", rule.initial_learning_rate, true);
  visit("decay_steps", rule.decay_steps, true);
  visit("alpha", rule.alpha, false);
  visit("name", name, false);
  visit("warmup_target", rule.warmup_target, false);
  visit("warmup_steps", rule.warmup_steps, false);
}

template <OneOf<CosineDecayRestarts> Rule, typename Name, typename Visit>
void each_option(Rule& rule, Name& name, Visit visit) {
  visit("initial_learning_rate", rule.initial_learning_rate, true);
  visit("first_decay_steps", rule.first_decay_steps, true);
  visit("t_mul", rule.t_mul, false);
  visit("m_mul", rule.m_mul, false);
  visit("alpha", rule.alpha, false);
  visit("name", name, false);
}

struct ReadOption {
  ConfigReader& config;

  void operator()(std::string_view key, double& value, bool required) {
    value = required ? config.number(key) : config.number(key, value);
  }
  void operator()(std::string_view key, bool& value, bool) { value = config.boolean(key, value); }
  void operator()(std::string_view key, std::string& value, bool) {
    value = config.string(key, value);
  }
  void operator()(std::string_view key, std::optional<double>& value, bool) {
    value = config.optional_number(key);
  }
  void operator()(std::string_view key, std::vector<double>& values, bool) {
    values = config.numbers(key);
  }
};

/// Whole numbers are written as such: steps are counted.
struct WriteOption {
  Json& config;

  static Json number(std::string_view key, double value) {
    const bool counts = key.ends_with("_steps") || key == "boundaries";
    if (counts && value == std::floor(value)) return static_cast<int64_t>(value);
    return value;
  }
  void operator()(std::string_view key, double value, bool) {
    config[std::string(key)] = number(key, value);
  }
  void operator()(std::string_view key, bool value, bool) { config[std::string(key)] = value; }
  void operator()(std::string_view key, const std::string& value, bool) {
    config[std::string(key)] = value;
  }
  void operator()(std::string_view key, const std::optional<double>& value, bool) {
    config[std::string(key)] = value ? Json(*value) : Json();
  }
  void operator()(std::string_view key, const std::vector<double>& values, bool) {
    Json list = Json::array();
    for (double value : values) list.push_back(number(key, value));
    config[std::string(key)] = std::move(list);
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
    std::visit([&](auto& rule) { each_option(rule, schedule.name, ReadOption{config}); },
               schedule.rule);
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
  const std::string name = schedule.name.empty() ? std::string(known.name) : schedule.name;
  Json config = Json::object();
  std::visit([&](const auto& rule) { each_option(rule, name, WriteOption{config}); },
             schedule.rule);
  return write_object("keras.optimizers.schedules", known.class_name, std::move(config));
}

}  // namespace kiln::keras
