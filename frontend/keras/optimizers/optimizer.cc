#include "frontend/keras/optimizers/optimizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "frontend/keras/names.h"
#include "frontend/keras/optimizers/adam.h"
#include "frontend/keras/optimizers/rmsprop.h"
#include "frontend/keras/optimizers/sgd.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// All optimizers.
template <typename Visit>
void for_each_optimizer(Visit visit) {
  visit("SGD", [] { return std::shared_ptr<Optimizer>(std::make_shared<SGD>()); });
  visit("RMSprop", [] { return std::shared_ptr<Optimizer>(std::make_shared<RMSprop>()); });
  visit("Adam", [] { return std::shared_ptr<Optimizer>(std::make_shared<Adam>()); });
  visit("AdamW", [] { return std::shared_ptr<Optimizer>(std::make_shared<AdamW>()); });
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

bool is_set(const std::optional<double>& limit) { return limit && *limit > 0; }

Tensor squared_norm(Tensor x) { return sum(square(x)); }

/// gradient * clipnorm / max(norm, clipnorm), for each weight by itself.
void clip_norms(std::vector<WeightUpdate>& weights, double limit) {
  for (WeightUpdate& weight : weights) {
    const Tensor norm = sqrt(squared_norm(weight.gradient));
    weight.gradient = weight.gradient * (limit / maximum(norm, limit));
  }
}

/// The same with one norm over all gradients. An infinite or undefined norm makes all gradients
/// NaN, as in Keras, so that the training stops visibly.
void clip_global_norm(std::vector<WeightUpdate>& weights, double limit) {
  Tensor squares;
  for (const WeightUpdate& weight : weights) {
    const Tensor square = squared_norm(weight.gradient);
    squares = squares ? squares + square : square;
  }
  const Tensor norm = sqrt(squares);
  const Tensor scale = limit * minimum(1.0 / norm, 1.0 / limit) + (norm - norm);
  for (WeightUpdate& weight : weights) weight.gradient = weight.gradient * scale;
}

void clip_values(std::vector<WeightUpdate>& weights, double limit) {
  for (WeightUpdate& weight : weights)
    weight.gradient = minimum(maximum(weight.gradient, -limit), limit);
}

void clip(const Optimizer& optimizer, std::vector<WeightUpdate>& weights) {
  if (weights.empty()) return;
  ir::LocationScope scope(*weights[0].gradient.builder, "clip");
  if (is_set(optimizer.clipnorm)) {
    clip_norms(weights, *optimizer.clipnorm);
  } else if (is_set(optimizer.global_clipnorm)) {
    clip_global_norm(weights, *optimizer.global_clipnorm);
  } else if (is_set(optimizer.clipvalue)) {
    clip_values(weights, *optimizer.clipvalue);
  }
}

}  // namespace

std::vector<std::string> slot_names(const Optimizer& optimizer) {
  std::vector<std::string> names;
  for (const auto& group : optimizer.slots()) names.insert(names.end(), group.begin(), group.end());
  return names;
}

std::vector<WeightUpdate> apply(const Optimizer& optimizer, const StepScalars& step,
                                std::vector<WeightUpdate> weights) {
  clip(optimizer, weights);
  const std::vector<Tensor> prepared = optimizer.prepare(step);
  Tensor decay;
  if (optimizer.weight_decay) decay = step.learning_rate * *optimizer.weight_decay;
  for (WeightUpdate& weight : weights) {
    ir::LocationScope scope(*weight.weight.builder, weight.name);
    if (decay) weight.weight = weight.weight - weight.weight * decay;
    WeightUpdate after = optimizer.update(weight, prepared);
    if (weight.constraint) after.weight = constrained(weight.constraint, after.weight);
    weight = std::move(after);
  }
  return weights;
}

Status check(const Optimizer& optimizer) {
  const std::string where = fmt::format("optimizer \"{}\"", optimizer.class_name());
  const int limits = optimizer.clipnorm.has_value() + optimizer.global_clipnorm.has_value() +
                     optimizer.clipvalue.has_value();
  if (limits > 1)
    return Diagnostic{where, "only one of clipnorm, global_clipnorm and clipvalue can be set", ""};
  if (optimizer.learning_rate < 0) {
    return Diagnostic{
        where, fmt::format("learning_rate must not be negative, is {}", optimizer.learning_rate),
        ""};
  }
  if (optimizer.class_name() == "AdamW" && !optimizer.weight_decay)
    return Diagnostic{where, "needs a weight_decay", ""};
  return ok();
}

std::shared_ptr<Optimizer> make_optimizer(std::string_view identifier) {
  std::shared_ptr<Optimizer> result;
  for_each_optimizer([&](std::string_view class_name, auto make) {
    // Keras compares in lower case.
    if (lower_case(class_name) == lower_case(identifier)) result = make();
  });
  return result;
}

Diagnostic unknown_optimizer(std::string_view identifier) {
  std::vector<std::string_view> names;
  for_each_optimizer([&](std::string_view class_name, auto) { names.push_back(class_name); });
  return {"", fmt::format("unknown optimizer \"{}\"", identifier),
          ir::did_you_mean(identifier, names)};
}

Expected<OptimizerChoice> read_optimizer(const Json& json, const std::string& where) {
  const bool is_object = json.is_object() && json.contains("class_name") &&
                         json["class_name"].is_string() && json.contains("config");
  if (!json.is_string() && !is_object) {
    return Diagnostic{
        where, fmt::format("an optimizer must be a name or an object, not {}", excerpt(json)), ""};
  }
  const std::string identifier =
      is_object ? json["class_name"].get<std::string>() : json.get<std::string>();
  auto optimizer = make_optimizer(identifier);
  if (!optimizer) {
    const Diagnostic unknown = unknown_optimizer(identifier);
    return Diagnostic{where, unknown.message, unknown.note};
  }
  if (!is_object) return OptimizerChoice(identifier);
  ConfigReader config(json["config"], fmt::format("{}: optimizer \"{}\"", where, identifier));
  optimizer->name = config.string("name", "");
  optimizer->learning_rate = config.number("learning_rate", optimizer->learning_rate);
  if (config.has("weight_decay")) optimizer->weight_decay = config.optional_number("weight_decay");
  optimizer->clipnorm = config.optional_number("clipnorm");
  optimizer->global_clipnorm = config.optional_number("global_clipnorm");
  optimizer->clipvalue = config.optional_number("clipvalue");
  config.only("use_ema", {false});
  config.ignore("ema_momentum");
  config.ignore("ema_overwrite_frequency");
  for (auto key : {"loss_scale_factor", "gradient_accumulation_steps"}) config.only(key, {nullptr});
  optimizer->read_options(config);
  KILN_TRY(config.finish());
  return OptimizerChoice(std::shared_ptr<const Optimizer>(std::move(optimizer)));
}

Json write_optimizer(const OptimizerChoice& choice) {
  const Optimizer& optimizer = *choice.get();
  auto optional = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
  Json config;
  config["name"] = optimizer.name.empty() ? to_snake_case(optimizer.class_name()) : optimizer.name;
  // Keras keeps the learning rate in a float32 variable and writes what that holds.
  config["learning_rate"] = static_cast<double>(static_cast<float>(optimizer.learning_rate));
  config["weight_decay"] = optional(optimizer.weight_decay);
  config["clipnorm"] = optional(optimizer.clipnorm);
  config["global_clipnorm"] = optional(optimizer.global_clipnorm);
  config["clipvalue"] = optional(optimizer.clipvalue);
  config["use_ema"] = false;
  config["ema_momentum"] = 0.99;
  config["ema_overwrite_frequency"] = nullptr;
  config["loss_scale_factor"] = nullptr;
  config["gradient_accumulation_steps"] = nullptr;
  optimizer.write_options(config);
  return {{"module", "keras.optimizers"},
          {"class_name", std::string(optimizer.class_name())},
          {"config", std::move(config)},
          {"registered_name", nullptr}};
}

}  // namespace kiln::keras
