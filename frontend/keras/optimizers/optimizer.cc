#include "frontend/keras/optimizers/optimizer.h"

#include <fmt/format.h>

#include <cctype>
#include <nlohmann/json.hpp>

#include "frontend/keras/json/keras_object.h"
#include "frontend/keras/json/names.h"
#include "frontend/keras/optimizers/optimizers.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

template <std::derived_from<Optimizer> T>
std::shared_ptr<Optimizer> make() {
  return std::make_shared<T>();
}

struct OptimizerClass {
  std::string_view class_name;
  std::string_view meaning;
  std::shared_ptr<Optimizer> (*make)();
};

/// All optimizers.
constexpr OptimizerClass kOptimizers[] = {
    {"SGD", "gradient descent, with momentum or Nesterov's", make<SGD>},
    {"RMSprop", "the gradient over the root of its running mean square", make<RMSprop>},
    {"Adam", "a running mean of gradients over the root of that of their squares", make<Adam>},
    {"AdamW", "Adam with decoupled weight decay", make<AdamW>},
    {"Adamax", "Adam by the largest gradient instead of the mean square", make<Adamax>},
    {"Nadam", "Adam with Nesterov's momentum", make<Nadam>},
    {"Adagrad", "the gradient over the root of the sum of its squares", make<Adagrad>},
    {"Adadelta", "the gradient by the ratio of running means of changes and gradients",
     make<Adadelta>},
    {"Lion", "steps by the sign of a mean of gradient and momentum", make<Lion>},
    {"Lamb", "Adam's step, as long as a part of the weight", make<Lamb>},
    {"Ftrl", "follow the regularized leader", make<Ftrl>},
    {"Adafactor", "mean squares of a matrix by its rows and columns", make<Adafactor>},
    {"Muon", "steps of matrices made orthogonal; AdamW for other weights", make<Muon>},
    {"ScheduleFreeAdamW", "AdamW towards a mean of all weights so far", make<ScheduleFreeAdamW>},
};

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

Status check(const Optimizer& optimizer) {
  const std::string where = fmt::format("optimizer \"{}\"", optimizer.class_name());
  const int limits = optimizer.clipnorm.has_value() + optimizer.global_clipnorm.has_value() +
                     optimizer.clipvalue.has_value();
  if (limits > 1)
    return Diagnostic{where, "only one of clipnorm, global_clipnorm and clipvalue can be set", ""};
  const LearningRate& rate = optimizer.learning_rate;
  if (!rate.is_scheduled() && rate.value() < 0) {
    return Diagnostic{where, fmt::format("learning_rate must not be negative, is {}", rate.value()),
                      ""};
  }
  if (rate.is_scheduled()) {
    if (const Status checked = check(rate.schedule()); !checked)
      return Diagnostic{where + ": " + checked.error().where, checked.error().message, ""};
  }
  if (optimizer.gradient_accumulation_steps.value_or(2) < 2)
    return Diagnostic{where, "gradient_accumulation_steps must be at least 2", ""};
  if (optimizer.ema_momentum < 0 || optimizer.ema_momentum > 1)
    return Diagnostic{where, "ema_momentum must lie in [0, 1]", ""};
  if (optimizer.ema_overwrite_frequency.value_or(1) < 1)
    return Diagnostic{where, "ema_overwrite_frequency must be at least 1", ""};
  if (optimizer.loss_scale_factor.value_or(1) == 0)
    return Diagnostic{where, "loss_scale_factor must not be 0", ""};
  if (optimizer.class_name() == "AdamW" && !optimizer.weight_decay)
    return Diagnostic{where, "needs a weight_decay", ""};
  return ok();
}

std::shared_ptr<Optimizer> make_optimizer(std::string_view identifier) {
  for (const OptimizerClass& optimizer : kOptimizers) {
    // Keras compares in lower case.
    if (lower_case(optimizer.class_name) == lower_case(identifier)) return optimizer.make();
  }
  return nullptr;
}

Diagnostic unknown_optimizer(std::string_view identifier) {
  std::vector<std::string_view> names;
  for (const OptimizerClass& optimizer : kOptimizers) names.push_back(optimizer.class_name);
  return {"", fmt::format("unknown optimizer \"{}\"", identifier),
          ir::did_you_mean(identifier, names)};
}

OptionList Optimizer::option_list() {
  const OptionList common = {
      {"name", &name, "of the object"},
      {"learning_rate", &learning_rate, "the rate of every step"},
      {"weight_decay", &weight_decay,
       "which part of itself a weight loses, times the learning rate; null: none"},
      {"clipnorm", &clipnorm, "largest norm of each weight's gradient; null: any"},
      {"global_clipnorm", &global_clipnorm, "largest norm of all gradients together; null: any"},
      {"clipvalue", &clipvalue, "largest absolute value in a gradient; null: any"},
      {"use_ema", &use_ema, "train towards a moving average of each weight"},
      {"ema_momentum", &ema_momentum, "of that average: how much it keeps in a step"},
      {"ema_overwrite_frequency", &ema_overwrite_frequency,
       "every so many steps weights become their average; null: at the end alone"},
      {"loss_scale_factor", &loss_scale_factor,
       "factor of the loss while gradients are computed; null: 1"},
      {"gradient_accumulation_steps", &gradient_accumulation_steps,
       "update every so many steps, by the mean of their gradients; null: every step"},
      {"exclude_from_weight_decay", &exclude_from_weight_decay,
       "weights with one of these in their name do not decay", kNotInFiles}};
  return common + own_options();
}

namespace {

Status read_config(const Json& json, const std::string& where, Optimizer& optimizer,
                   ConfigKind kind) {
  ConfigReader config(json, where);
  read_options(optimizer.option_list(), config, kind);
  if (const std::string objection = optimizer.objection(); !objection.empty())
    config.fail(objection);
  return config.finish();
}

}  // namespace

Expected<OptimizerChoice> read_optimizer(const Json& json, const std::string& where) {
  KILN_ASSIGN(const KerasObject object, read_object(json, "an optimizer", where));
  auto optimizer = make_optimizer(object.identifier);
  if (!optimizer) {
    const Diagnostic unknown = unknown_optimizer(object.identifier);
    return Diagnostic{where, unknown.message, unknown.note};
  }
  if (!object.has_config()) return OptimizerChoice(object.identifier);
  KILN_TRY(read_config(object.config, fmt::format("{}: optimizer \"{}\"", where, object.identifier),
                       *optimizer, ConfigKind::file));
  return OptimizerChoice(std::shared_ptr<const Optimizer>(std::move(optimizer)));
}

namespace {

Json write_config(const Optimizer& optimizer, ConfigKind kind) {
  Json config = Json::object();
  write_options_of(optimizer, config, kind);
  if (optimizer.name.empty()) config["name"] = to_snake_case(optimizer.class_name());
  return config;
}

}  // namespace

Json write_optimizer(const OptimizerChoice& choice, ConfigKind kind) {
  if (!choice.get()) return choice.identifier();
  const Optimizer& optimizer = *choice.get();
  return write_object("keras.optimizers", optimizer.class_name(), write_config(optimizer, kind));
}

std::shared_ptr<Optimizer> copy_of(const Optimizer& optimizer) {
  std::shared_ptr<Optimizer> copy = make_optimizer(optimizer.class_name());
  constexpr ConfigKind kAll = ConfigKind::complete;
  const Status read = read_config(write_config(optimizer, kAll), "", *copy, kAll);
  KILN_CHECK(read, "{}", read.error().message);
  return copy;
}

std::vector<ClassReference> optimizer_reference() {
  std::vector<ClassReference> classes;
  for (const OptimizerClass& known : kOptimizers) {
    const std::shared_ptr<Optimizer> optimizer = known.make();
    optimizer->name = to_snake_case(known.class_name);
    classes.push_back(describe(known.class_name, known.meaning, optimizer->option_list()));
  }
  return classes;
}

}  // namespace kiln::keras
