#include "frontend/keras/initializers.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "frontend/keras/config_reader.h"
#include "frontend/keras/names.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

using Rule = decltype(Initializer::rule);

struct NamedRule {
  std::string_view class_name;
  Rule rule;
};

/// All initializers with Keras's defaults.
const std::vector<NamedRule>& rules() {
  static const std::vector<NamedRule> kRules = {
      {"Zeros", ConstantRule{0}},
      {"Ones", ConstantRule{1}},
      {"Constant", ConstantRule{0}},
      {"RandomUniform", UniformRule{}},
      {"RandomNormal", NormalRule{}},
      {"TruncatedNormal", NormalRule{0, 0.05, true}},
      {"VarianceScaling", VarianceScalingRule{}},
      {"GlorotUniform", VarianceScalingRule{1, "fan_avg", "uniform"}},
      {"GlorotNormal", VarianceScalingRule{1, "fan_avg", "truncated_normal"}},
      {"HeUniform", VarianceScalingRule{2, "fan_in", "uniform"}},
      {"HeNormal", VarianceScalingRule{2, "fan_in", "truncated_normal"}},
      {"LecunUniform", VarianceScalingRule{1, "fan_in", "uniform"}},
      {"LecunNormal", VarianceScalingRule{1, "fan_in", "truncated_normal"}},
      {"Orthogonal", OrthogonalRule{}},
  };
  return kRules;
}

const NamedRule* find_rule(std::string_view name) {
  if (name == "normal") name = "RandomNormal";
  if (name == "uniform") name = "RandomUniform";
  if (name == "one") name = "Ones";
  if (name == "zero") name = "Zeros";
  for (const NamedRule& named : rules()) {
    if (named.class_name == name || to_snake_case(named.class_name) == name) return &named;
  }
  return nullptr;
}

Diagnostic unknown_initializer(std::string_view name) {
  std::vector<std::string_view> names;
  for (const NamedRule& named : rules()) names.push_back(named.class_name);
  return {"", fmt::format("unknown initializer \"{}\"", name), ir::did_you_mean(name, names)};
}

bool one_of(std::string_view value, std::initializer_list<std::string_view> allowed) {
  for (std::string_view choice : allowed) {
    if (choice == value) return true;
  }
  return false;
}

/// Overwrites the rule's parameters with the config's.
struct ReadParameters {
  const Initializer& initializer;
  ConfigReader& reader;

  void operator()(ConstantRule& rule) {
    if (initializer.class_name == "Constant") rule.value = reader.number("value", rule.value);
  }
  void operator()(UniformRule& rule) {
    rule.low = reader.number("minval", rule.low);
    rule.high = reader.number("maxval", rule.high);
  }
  void operator()(NormalRule& rule) {
    rule.mean = reader.number("mean", rule.mean);
    rule.stddev = reader.number("stddev", rule.stddev);
  }
  void operator()(GeneratorRule&) {}
  void operator()(VarianceScalingRule& rule) {
    reader.only("input_axes", {nullptr});
    reader.only("output_axes", {nullptr});
    if (initializer.class_name != "VarianceScaling") return;
    rule.scale = reader.number("scale", rule.scale);
    rule.mode = reader.string("mode", rule.mode);
    rule.distribution = reader.string("distribution", rule.distribution);
    if (rule.distribution == "normal") rule.distribution = "truncated_normal";
  }
  void operator()(OrthogonalRule& rule) { rule.gain = reader.number("gain", rule.gain); }
};

struct WriteParameters {
  const Initializer& initializer;
  Json& config;

  void operator()(const ConstantRule& rule) {
    if (initializer.class_name == "Constant") config["value"] = rule.value;
  }
  void operator()(const UniformRule& rule) {
    config["minval"] = rule.low;
    config["maxval"] = rule.high;
  }
  void operator()(const NormalRule& rule) {
    config["mean"] = rule.mean;
    config["stddev"] = rule.stddev;
  }
  void operator()(const GeneratorRule&) {}
  void operator()(const VarianceScalingRule& rule) {
    if (initializer.class_name == "VarianceScaling") {
      config["scale"] = rule.scale;
      config["mode"] = rule.mode;
      config["distribution"] = rule.distribution;
    }
    config["input_axes"] = nullptr;
    config["output_axes"] = nullptr;
  }
  void operator()(const OrthogonalRule& rule) { config["gain"] = rule.gain; }
};

}  // namespace

Initializer::Initializer(std::string_view name) : class_name(name) {
  const NamedRule* named = find_rule(name);
  known = named != nullptr;
  if (!named) return;
  class_name = named->class_name;
  rule = named->rule;
}

Status check(const Initializer& initializer) {
  if (!initializer.known) return unknown_initializer(initializer.class_name);
  const auto* scaling = std::get_if<VarianceScalingRule>(&initializer.rule);
  if (!scaling) return ok();
  if (scaling->scale <= 0) {
    return Diagnostic{
        "", fmt::format("VarianceScaling: scale must be positive, not {}", scaling->scale), ""};
  }
  if (!one_of(scaling->mode, {"fan_in", "fan_out", "fan_avg"})) {
    return Diagnostic{"", fmt::format("VarianceScaling: unknown mode \"{}\"", scaling->mode),
                      "the modes are fan_in, fan_out and fan_avg"};
  }
  if (!one_of(scaling->distribution, {"truncated_normal", "untruncated_normal", "uniform"})) {
    return Diagnostic{
        "", fmt::format("VarianceScaling: unknown distribution \"{}\"", scaling->distribution),
        "the distributions are truncated_normal, untruncated_normal and uniform"};
  }
  return ok();
}

Status check(const Initializer& initializer, const ir::Shape& shape) {
  KILN_TRY(check(initializer));
  if (!std::holds_alternative<OrthogonalRule>(initializer.rule) || shape.size() >= 2) return ok();
  return Diagnostic{"", "Orthogonal needs a weight of at least two dimensions", ""};
}

bool is_random(const Initializer& initializer) {
  return !std::holds_alternative<ConstantRule>(initializer.rule);
}

Expected<Initializer> read_initializer(const Json& json, const std::string& where) {
  const bool is_object =
      json.is_object() && json.contains("class_name") && json["class_name"].is_string();
  if (!json.is_string() && !is_object) {
    return Diagnostic{
        where, fmt::format("an initializer must be a name or an object, not {}", excerpt(json)),
        ""};
  }
  Initializer initializer(json.is_string() ? json.get<std::string>()
                                           : json["class_name"].get<std::string>());
  if (is_object && initializer.known) {
    const Json config = json.contains("config") ? json["config"] : Json::object();
    ConfigReader reader(config, where + ": " + initializer.class_name);
    if (is_random(initializer)) initializer.seed = reader.optional_integer("seed");
    std::visit(ReadParameters{initializer, reader}, initializer.rule);
    KILN_TRY(reader.finish());
  }
  if (auto checked = check(initializer); !checked) {
    return Diagnostic{where, checked.error().message, checked.error().note};
  }
  return initializer;
}

Json write_initializer(const Initializer& initializer) {
  Json config = Json::object();
  if (is_random(initializer)) config["seed"] = initializer.seed ? Json(*initializer.seed) : Json();
  std::visit(WriteParameters{initializer, config}, initializer.rule);
  return {{"module", "keras.initializers"},
          {"class_name", initializer.class_name},
          {"config", std::move(config)},
          {"registered_name", nullptr}};
}

}  // namespace kiln::keras
