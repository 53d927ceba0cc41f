#include "frontend/keras/optimizers/optimizer.h"

#include <fmt/format.h>

#include <cctype>
#include <nlohmann/json.hpp>

#include "frontend/keras/keras_object.h"
#include "frontend/keras/names.h"
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
  std::shared_ptr<Optimizer> (*make)();
};

/// All optimizers.
constexpr OptimizerClass kOptimizers[] = {
    {"SGD", make<SGD>},         {"RMSprop", make<RMSprop>},   {"Adam", make<Adam>},
    {"AdamW", make<AdamW>},     {"Adamax", make<Adamax>},     {"Nadam", make<Nadam>},
    {"Adagrad", make<Adagrad>}, {"Adadelta", make<Adadelta>}, {"Lion", make<Lion>},
    {"Lamb", make<Lamb>},       {"Ftrl", make<Ftrl>},         {"Adafactor", make<Adafactor>},
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

namespace {

/// An optimizer without its own learning rate has a number or a schedule for it.
Status read_learning_rate(ConfigReader& config, Optimizer& optimizer) {
  if (config.value("learning_rate").is_object()) {
    KILN_ASSIGN(optimizer.learning_rate,
                read_schedule(config.value("learning_rate"), config.where() + ": learning_rate"));
  } else if (config.has("learning_rate")) {
    optimizer.learning_rate = config.number("learning_rate");
  }
  return ok();
}

/// What every optimizer has.
Status read_common_options(ConfigReader& config, Optimizer& optimizer) {
  optimizer.name = config.string("name", "");
  KILN_TRY(read_learning_rate(config, optimizer));
  if (config.has("weight_decay")) optimizer.weight_decay = config.optional_number("weight_decay");
  optimizer.clipnorm = config.optional_number("clipnorm");
  optimizer.global_clipnorm = config.optional_number("global_clipnorm");
  optimizer.clipvalue = config.optional_number("clipvalue");
  optimizer.use_ema = config.boolean("use_ema", false);
  optimizer.ema_momentum = config.number("ema_momentum", optimizer.ema_momentum);
  optimizer.ema_overwrite_frequency = config.optional_integer("ema_overwrite_frequency");
  optimizer.loss_scale_factor = config.optional_number("loss_scale_factor");
  optimizer.gradient_accumulation_steps = config.optional_integer("gradient_accumulation_steps");
  return ok();
}

Status read_config(const Json& json, const std::string& where, Optimizer& optimizer) {
  ConfigReader config(json, where);
  KILN_TRY(read_common_options(config, optimizer));
  optimizer.read_options(config);
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
                       *optimizer));
  return OptimizerChoice(std::shared_ptr<const Optimizer>(std::move(optimizer)));
}

namespace {

Json write_config(const Optimizer& optimizer) {
  auto optional = [](const auto& value) { return value ? Json(*value) : Json(); };
  const LearningRate& rate = optimizer.learning_rate;
  Json config;
  config["name"] = optimizer.name.empty() ? to_snake_case(optimizer.class_name()) : optimizer.name;
  // Keras keeps the learning rate in a float32 variable and writes what that holds.
  config["learning_rate"] = rate.is_scheduled()
                                ? write_schedule(rate.schedule())
                                : Json(static_cast<double>(static_cast<float>(rate.value())));
  config["weight_decay"] = optional(optimizer.weight_decay);
  config["clipnorm"] = optional(optimizer.clipnorm);
  config["global_clipnorm"] = optional(optimizer.global_clipnorm);
  config["clipvalue"] = optional(optimizer.clipvalue);
  config["use_ema"] = optimizer.use_ema;
  config["ema_momentum"] = optimizer.ema_momentum;
  config["ema_overwrite_frequency"] = optional(optimizer.ema_overwrite_frequency);
  config["loss_scale_factor"] = optional(optimizer.loss_scale_factor);
  config["gradient_accumulation_steps"] = optional(optimizer.gradient_accumulation_steps);
  optimizer.write_options(config);
  return config;
}

}  // namespace

Json write_optimizer(const OptimizerChoice& choice) {
  const Optimizer& optimizer = *choice.get();
  return write_object("keras.optimizers", optimizer.class_name(), write_config(optimizer));
}

std::shared_ptr<Optimizer> copy_of(const Optimizer& optimizer) {
  std::shared_ptr<Optimizer> copy = make_optimizer(optimizer.class_name());
  const Status read = read_config(write_config(optimizer), "", *copy);
  KILN_CHECK(read, "{}", read.error().message);
  copy->exclude_from_weight_decay = optimizer.exclude_from_weight_decay;
  return copy;
}

}  // namespace kiln::keras
