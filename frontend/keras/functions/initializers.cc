#include "frontend/keras/functions/initializers.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/json/keras_object.h"
#include "frontend/keras/json/names.h"
#include "frontend/keras/options/config.h"
#include "frontend/keras/options/object_kind.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

using Rule = decltype(Initializer::rule);

struct NamedRule {
  std::string_view class_name;
  std::string_view meaning;
  Rule rule;
};

/// All initializers with Keras's defaults.
const std::vector<NamedRule>& rules() {
  static const std::vector<NamedRule> kRules = {
      {"Zeros", "all 0", ConstantRule{0}},
      {"Ones", "all 1", ConstantRule{1}},
      {"Constant", "all one value", ConstantRule{0}},
      {"RandomUniform", "uniform between two values", UniformRule{}},
      {"RandomNormal", "normal", NormalRule{}},
      {"TruncatedNormal", "normal, within two standard deviations", NormalRule{0, 0.05, true}},
      {"VarianceScaling", "of variance scale / fan", VarianceScalingRule{}},
      {"GlorotUniform", "uniform, of variance 1 / the mean of both fans",
       VarianceScalingRule{1, "fan_avg", "uniform"}},
      {"GlorotNormal", "truncated normal, of variance 1 / the mean of both fans",
       VarianceScalingRule{1, "fan_avg", "truncated_normal"}},
      {"HeUniform", "uniform, of variance 2 / the inputs' fan",
       VarianceScalingRule{2, "fan_in", "uniform"}},
      {"HeNormal", "truncated normal, of variance 2 / the inputs' fan",
       VarianceScalingRule{2, "fan_in", "truncated_normal"}},
      {"LecunUniform", "uniform, of variance 1 / the inputs' fan",
       VarianceScalingRule{1, "fan_in", "uniform"}},
      {"LecunNormal", "truncated normal, of variance 1 / the inputs' fan",
       VarianceScalingRule{1, "fan_in", "truncated_normal"}},
      {"Orthogonal", "orthogonal rows or columns", OrthogonalRule{}},
      {"Identity", "the identity matrix", IdentityRule{}},
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

/// The options of a rule. Those that a class has by its name are none.
struct ListOptions {
  std::string_view class_name;

  OptionList operator()(ConstantRule& rule) const {
    if (class_name != "Constant") return {};
    return {{"value", &rule.value, "of every element"}};
  }
  OptionList operator()(UniformRule& rule) const {
    return {{"minval", &rule.low, "the lowest value"}, {"maxval", &rule.high, "the highest value"}};
  }
  OptionList operator()(NormalRule& rule) const {
    return {{"mean", &rule.mean, "of the distribution"},
            {"stddev", &rule.stddev, "standard deviation of the distribution"}};
  }
  OptionList operator()(GeneratorRule&) const { return {}; }
  OptionList operator()(VarianceScalingRule& rule) const {
    const OptionList own = {
        {"scale", &rule.scale, "the variance times the fan"},
        {"mode", &rule.mode, "which fan: \"fan_in\", \"fan_out\" or \"fan_avg\""},
        {"distribution", &rule.distribution,
         "\"truncated_normal\", \"untruncated_normal\" or \"uniform\""}};
    const OptionList axes = {
        {"input_axes", Axes{&rule.input_axes, Axes::kListOrNull},
         "dimensions that count for the inputs' fan; null: the last but one, and those before it"},
        {"output_axes", Axes{&rule.output_axes, Axes::kListOrNull},
         "dimensions that count for the outputs' fan; null: all but the last but one"}};
    return class_name == "VarianceScaling" ? own + axes : axes;
  }
  OptionList operator()(OrthogonalRule& rule) const {
    return {{"gain", &rule.gain, "factor of the matrix"}};
  }
  OptionList operator()(IdentityRule& rule) const {
    return {{"gain", &rule.gain, "factor of the matrix"}};
  }
};

}  // namespace

Initializer::Initializer(std::string_view name) : class_name(name) {
  const NamedRule* named = find_rule(name);
  known = named != nullptr;
  if (!named) return;
  class_name = named->class_name;
  rule = named->rule;
}

OptionList Initializer::option_list() {
  OptionList options;
  if (is_random(*this)) options.push_back({"seed", &seed, "of the draws; null: the model's"});
  return options + std::visit(ListOptions{class_name}, rule);
}

void set_fan_axes(Initializer& initializer, std::vector<int64_t> input_axes,
                  std::vector<int64_t> output_axes) {
  auto* rule = std::get_if<VarianceScalingRule>(&initializer.rule);
  if (!rule || (!rule->input_axes.empty() && !rule->output_axes.empty())) return;
  rule->input_axes = std::move(input_axes);
  rule->output_axes = std::move(output_axes);
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
  if (const auto* scaling = std::get_if<VarianceScalingRule>(&initializer.rule)) {
    const auto rank = static_cast<int64_t>(shape.size());
    for (const auto* axes : {&scaling->input_axes, &scaling->output_axes}) {
      for (int64_t axis : *axes) {
        if (axis >= -rank && axis < rank) continue;
        return Diagnostic{
            "", fmt::format("axis {} of its fans is not in {} dimensions", axis, rank), ""};
      }
    }
  }
  if (std::holds_alternative<OrthogonalRule>(initializer.rule) && shape.size() < 2)
    return Diagnostic{"", "Orthogonal needs a weight of at least two dimensions", ""};
  if (std::holds_alternative<IdentityRule>(initializer.rule) && shape.size() != 2)
    return Diagnostic{"", "Identity needs a weight of two dimensions", ""};
  return ok();
}

bool is_random(const Initializer& initializer) {
  return !std::holds_alternative<ConstantRule>(initializer.rule) &&
         !std::holds_alternative<IdentityRule>(initializer.rule);
}

Expected<Initializer> read_initializer(const Json& json, const std::string& where) {
  const bool is_object =
      json.is_object() && json.contains("class_name") && json["class_name"].is_string();
  if (!json.is_string() && !is_object) {
    return Diagnostic{
        where, fmt::format("an initializer must be a name or an object, not {}", excerpt(json)),
        ""};
  }
  KILN_TRY(check_is_of_keras(json, "the initializer", where));
  Initializer initializer(json.is_string() ? json.get<std::string>()
                                           : json["class_name"].get<std::string>());
  if (is_object && initializer.known) {
    const Json config = json.contains("config") ? json["config"] : Json::object();
    ConfigReader reader(config, where + ": " + initializer.class_name);
    read_options(initializer.option_list(), reader);
    KILN_TRY(reader.finish());
    // Keras's name of old.
    if (auto* scaling = std::get_if<VarianceScalingRule>(&initializer.rule);
        scaling && scaling->distribution == "normal")
      scaling->distribution = "truncated_normal";
  }
  if (auto checked = check(initializer); !checked) {
    return Diagnostic{where, checked.error().message, checked.error().note};
  }
  return initializer;
}

Json write_initializer(const Initializer& initializer) {
  Json config = Json::object();
  write_options_of(initializer, config);
  return {{"module", "keras.initializers"},
          {"class_name", initializer.class_name},
          {"config", std::move(config)},
          {"registered_name", nullptr}};
}

std::vector<ClassReference> initializer_reference() {
  std::vector<ClassReference> classes;
  for (const NamedRule& named : rules()) {
    Initializer initializer(named.class_name);
    classes.push_back(describe(named.class_name, named.meaning, initializer.option_list()));
  }
  return classes;
}

namespace {

void read(Initializer& initializer, const OptionReading& from) {
  if (!from.is_null()) from.keep(initializer, read_initializer(from.value(), from.where()));
}
Json write(const Initializer& initializer, ConfigKind) { return write_initializer(initializer); }

}  // namespace

const ObjectKind& object_kind(const Initializer*) {
  static constexpr ObjectKind kKind = object_kind_of<Initializer, read, write>("initializer");
  return kKind;
}

}  // namespace kiln::keras
