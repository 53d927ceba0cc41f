#include "runtime/training/callbacks/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>
#include <vector>

#include "runtime/base/option_text.h"
#include "runtime/base/spelling.h"

namespace kiln::runtime {
namespace {

// Every option that a schedule can have. A number that is not given is 0, which no required option
// may be.
struct Parameters {
  std::optional<double> initial_learning_rate;
  double decay_rate = 0, decay_epochs = 0, first_decay_epochs = 0, factor = 0, every = 0;
  double end_learning_rate = 1e-4, power = 1, alpha = 0, t_mul = 2, m_mul = 1;
  double warmup_epochs = 0;
  std::optional<double> warmup_target;
  bool staircase = false, cycle = false;
  std::vector<double> boundaries, values;
};

double exponential(const Parameters& p, double initial, int epoch) {
  const double periods = epoch / p.decay_epochs;
  return initial * std::pow(p.decay_rate, p.staircase ? std::floor(periods) : periods);
}

double step(const Parameters& p, double initial, int epoch) {
  return initial * std::pow(p.factor, std::floor(epoch / p.every));
}

double inverse_time(const Parameters& p, double initial, int epoch) {
  const double periods = epoch / p.decay_epochs;
  return initial / (1 + p.decay_rate * (p.staircase ? std::floor(periods) : periods));
}

double polynomial(const Parameters& p, double initial, int epoch) {
  double length = p.decay_epochs;
  if (p.cycle) length *= epoch == 0 ? 1 : std::ceil(epoch / p.decay_epochs);
  const double done = std::min<double>(epoch, length) / length;
  return (initial - p.end_learning_rate) * std::pow(1 - done, p.power) + p.end_learning_rate;
}

double cosine_of(double done, double alpha) {
  return (1 - alpha) * 0.5 * (1 + std::cos(std::numbers::pi * done)) + alpha;
}

double cosine(const Parameters& p, double initial, int epoch) {
  if (!p.warmup_target) {
    return initial * cosine_of(std::min<double>(epoch, p.decay_epochs) / p.decay_epochs, p.alpha);
  }
  if (epoch < p.warmup_epochs) {
    return initial + (*p.warmup_target - initial) * epoch / p.warmup_epochs;
  }
  const double decaying = std::min<double>(epoch - p.warmup_epochs, p.decay_epochs);
  return *p.warmup_target * cosine_of(decaying / p.decay_epochs, p.alpha);
}

double cosine_restarts(const Parameters& p, double initial, int epoch) {
  double done = epoch / p.first_decay_epochs;
  double restarts = 0;
  if (p.t_mul == 1) {
    restarts = std::floor(done);
    done -= restarts;
  } else {
    // The logarithm of an exact power may fall a rounding below a whole number.
    restarts = std::floor(std::log(1 - done * (1 - p.t_mul)) / std::log(p.t_mul) + 1e-9);
    const double before = (1 - std::pow(p.t_mul, restarts)) / (1 - p.t_mul);
    done = (done - before) / std::pow(p.t_mul, restarts);
  }
  const double m = std::pow(p.m_mul, restarts);
  return initial * ((1 - p.alpha) * 0.5 * m * (1 + std::cos(std::numbers::pi * done)) + p.alpha);
}

double piecewise(const Parameters& p, double, int epoch) {
  const auto boundary = std::lower_bound(p.boundaries.begin(), p.boundaries.end(), epoch);
  return p.values[boundary - p.boundaries.begin()];
}

struct Rule {
  std::string_view name;
  double (*rate)(const Parameters&, double initial, int epoch);
  std::vector<std::string_view> required;
  std::vector<std::string_view> optional;
};

const std::vector<Rule>& rules() {
  static const std::vector<Rule> rules = {
      {"exponential", exponential, {"decay_rate"}, {"decay_epochs", "staircase"}},
      {"step", step, {"factor", "every"}, {}},
      {"inverse_time", inverse_time, {"decay_rate"}, {"decay_epochs", "staircase"}},
      {"polynomial", polynomial, {"decay_epochs"}, {"end_learning_rate", "power", "cycle"}},
      {"cosine", cosine, {"decay_epochs"}, {"alpha", "warmup_target", "warmup_epochs"}},
      {"cosine_restarts", cosine_restarts, {"first_decay_epochs"}, {"t_mul", "m_mul", "alpha"}},
      {"piecewise", piecewise, {"boundaries", "values"}, {}},
  };
  return rules;
}

Expected<const Rule*> find_rule(const std::string& where, const std::string& name) {
  std::vector<std::string_view> names;
  std::string all;
  for (const Rule& rule : rules()) {
    if (rule.name == name) return &rule;
    names.push_back(rule.name);
    all += (all.empty() ? "" : ", ") + std::string(rule.name);
  }
  const std::string guess = did_you_mean(name, names);
  return Diagnostic{where, "there is no schedule \"" + name + "\"",
                    (guess.empty() ? "" : guess + " ") + "there are " + all};
}

std::vector<OptionField> fields_of(const Rule& rule, Parameters& p) {
  const std::vector<OptionField> all = {
      option("decay_rate", p.decay_rate),
      option("decay_epochs", p.decay_epochs),
      option("first_decay_epochs", p.first_decay_epochs),
      option("factor", p.factor),
      option("every", p.every),
      option("end_learning_rate", p.end_learning_rate),
      option("power", p.power),
      option("alpha", p.alpha),
      option("t_mul", p.t_mul),
      option("m_mul", p.m_mul),
      option("warmup_epochs", p.warmup_epochs),
      option("warmup_target", p.warmup_target),
      option("staircase", p.staircase),
      option("cycle", p.cycle),
      option("boundaries", p.boundaries),
      option("values", p.values),
  };
  std::vector<OptionField> fields;
  for (const auto* names : {&rule.required, &rule.optional}) {
    for (std::string_view name : *names) {
      fields.push_back(*std::find_if(all.begin(), all.end(),
                                     [&](const OptionField& f) { return f.name == name; }));
    }
  }
  if (rule.rate != piecewise) {
    fields.push_back(option("initial_learning_rate", p.initial_learning_rate));
  }
  return fields;
}

// What the options must be together.
Status check(const std::string& where, const Rule& rule, const Parameters& p) {
  const std::pair<std::string_view, double> positive[] = {
      {"decay_rate", p.decay_rate}, {"decay_epochs", p.decay_epochs},
      {"factor", p.factor},         {"first_decay_epochs", p.first_decay_epochs},
      {"every", p.every},
  };
  for (const auto& [name, value] : positive) {
    const bool needed =
        std::find(rule.required.begin(), rule.required.end(), name) != rule.required.end();
    if (needed && !(value > 0)) {
      return Diagnostic{where, std::string(rule.name) + " needs " + std::string(name) + " above 0",
                        ""};
    }
  }
  if (!(p.t_mul >= 1)) return Diagnostic{where, "t_mul must be at least 1", ""};
  if (p.warmup_target && !(p.warmup_epochs > 0)) {
    return Diagnostic{where, "warmup_target needs warmup_epochs above 0", ""};
  }
  if (rule.rate == piecewise && p.values.size() != p.boundaries.size() + 1) {
    return Diagnostic{where,
                      "piecewise has " + std::to_string(p.boundaries.size()) + " boundaries and " +
                          std::to_string(p.values.size()) + " values",
                      "it needs one value more than boundaries"};
  }
  if (!std::is_sorted(p.boundaries.begin(), p.boundaries.end())) {
    return Diagnostic{where, "boundaries must rise", ""};
  }
  return ok();
}

}  // namespace

Expected<Schedule> read_schedule(const std::string& where, const std::string& text) {
  KILN_ASSIGN(const Rule* const rule, find_rule(where, text.substr(0, text.find(','))));
  Parameters parameters;
  std::string name;
  KILN_TRY(read_options(where, text, fields_of(*rule, parameters), &name, "a schedule"));
  KILN_TRY(check(where, *rule, parameters));
  if (parameters.decay_epochs == 0) parameters.decay_epochs = 1;
  return Schedule{parameters.initial_learning_rate, [rule, parameters](double initial, int epoch) {
                    return rule->rate(parameters, initial, epoch);
                  }};
}

}  // namespace kiln::runtime
