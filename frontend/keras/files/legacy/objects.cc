#include "frontend/keras/files/legacy/objects.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace kiln::keras::legacy {
namespace {

using Renaming = std::pair<std::string_view, std::string_view>;

/// Class aliases: of Keras 3.2 to 3.6, and of TensorFlow's initializers.
constexpr Renaming kInitializers[] = {
    {"OrthogonalInitializer", "Orthogonal"},
    {"IdentityInitializer", "Identity"},
    {"ConstantV2", "Constant"},
    {"GlorotNormalV2", "GlorotNormal"},
    {"GlorotUniformV2", "GlorotUniform"},
    {"HeNormalV2", "HeNormal"},
    {"HeUniformV2", "HeUniform"},
    {"IdentityV2", "Identity"},
    {"LecunNormalV2", "LecunNormal"},
    {"LecunUniformV2", "LecunUniform"},
    {"OnesV2", "Ones"},
    {"OrthogonalV2", "Orthogonal"},
    {"RandomNormalV2", "RandomNormal"},
    {"RandomUniformV2", "RandomUniform"},
    {"TruncatedNormalV2", "TruncatedNormal"},
    {"VarianceScalingV2", "VarianceScaling"},
    {"ZerosV2", "Zeros"},
};

constexpr Renaming kRegularizers[] = {
    {"WeightRegularizer", "L1L2"}, {"L1L2Regularizer", "L1L2"}, {"ActivityRegularizer", "L1L2"}};

constexpr Renaming kConstraints[] = {{"MaxNormConstraint", "MaxNorm"},
                                     {"NonNegConstraint", "NonNeg"},
                                     {"UnitNormConstraint", "UnitNorm"}};

constexpr Renaming kActivations[] = {{"softmax_v2", "softmax"}};

/// The functions that Keras 3 calls by the same name and computes otherwise.
constexpr Renaming kOtherActivations[] = {{"hard_sigmoid", "hard_sigmoid_keras_2"}};

template <size_t count>
void rename(Json& name, const Renaming (&table)[count]) {
  if (!name.is_string()) return;
  for (const auto& [from, to] : table) {
    if (name.get_ref<const std::string&>() != from) continue;
    name = std::string(to);
    return;
  }
}

template <size_t count>
void rename_class(Json& object, const Renaming (&table)[count]) {
  if (object.is_object() && object.contains("class_name"))
    rename(object["class_name"], table);
  else
    rename(object, table);
}

/// Keras 1 wrote {"name": "MaxNorm", "m": 2} for {"class_name": "MaxNorm", "config": {"m": 2}}.
void name_to_class(Json& object) {
  if (!object.is_object() || object.contains("class_name") || !object.contains("name")) return;
  Json config = object;
  config.erase("name");
  object = Json{{"class_name", object["name"]}, {"config", std::move(config)}};
}

Json* config_of(Json& object) {
  const bool has_config =
      object.is_object() && object.contains("config") && object["config"].is_object();
  return has_config ? &object["config"] : nullptr;
}

}  // namespace

void modernize_initializer(Json& initializer) {
  rename_class(initializer, kInitializers);
  // The type of the values is the layer's.
  if (Json* config = config_of(initializer)) config->erase("dtype");
}

void modernize_regularizer(Json& regularizer) {
  name_to_class(regularizer);
  rename_class(regularizer, kRegularizers);
}

void modernize_constraint(Json& constraint) {
  name_to_class(constraint);
  rename_class(constraint, kConstraints);
  Json* config = config_of(constraint);
  if (config == nullptr || !config->contains("m")) return;
  Json renamed = Json::object();
  for (const auto& [key, value] : config->items()) renamed[key == "m" ? "max_value" : key] = value;
  *config = std::move(renamed);
}

void modernize_activation(Json& activation, bool old) {
  // A function as an object of Keras's.
  if (activation.is_object() && activation.value("class_name", Json()) == "function" &&
      activation.contains("config") && activation["config"].is_string())
    activation = Json(activation["config"]);
  rename(activation, kActivations);
  if (old) rename(activation, kOtherActivations);
}

}  // namespace kiln::keras::legacy
