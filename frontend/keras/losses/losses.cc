#include "frontend/keras/losses/losses.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/keras/keras_object.h"
#include "frontend/keras/layers/one_input.h"
#include "ir/spelling.h"

namespace kiln::keras {

namespace {

constexpr LossOption kFromLogits{"from_logits", &Loss::from_logits};
constexpr LossOption kLabelSmoothing{"label_smoothing", &Loss::label_smoothing};
constexpr LossOption kLastAxis{"axis", -1};
constexpr LossOption kNoAxis{"axis", nullptr};
constexpr LossOption kGamma{"gamma", &Loss::gamma};
constexpr LossOption kAlpha{"alpha", &Loss::alpha};

constexpr LossOption kSparse[] = {kFromLogits, {"ignore_class", &Loss::ignore_class}};
constexpr LossOption kCrossentropy[] = {kFromLogits, kLabelSmoothing, kLastAxis};
constexpr LossOption kFocal[] = {kFromLogits, kLabelSmoothing, kLastAxis, kAlpha, kGamma};
constexpr LossOption kBinaryFocal[] = {
    kFromLogits, kLabelSmoothing,
    kLastAxis,   {"apply_class_balancing", &Loss::apply_class_balancing},
    kAlpha,      kGamma};
constexpr LossOption kHuber[] = {{"delta", &Loss::delta, true}};
constexpr LossOption kDice[] = {kNoAxis};
constexpr LossOption kTversky[] = {kAlpha, {"beta", &Loss::beta}, kNoAxis};

constexpr bool kIntegerLabels = true;
constexpr bool kJoinsRows = true;

/// All losses.
constexpr LossFunction kLosses[] = {
    {"mean_squared_error", "MeanSquaredError", "mse", "mean_squared_error", {}, mean_squared_error},
    {"mean_absolute_error",
     "MeanAbsoluteError",
     "mae",
     "mean_absolute_error",
     {},
     mean_absolute_error},
    {"mean_absolute_percentage_error",
     "MeanAbsolutePercentageError",
     "mape",
     "mean_absolute_percentage_error",
     {},
     mean_absolute_percentage_error},
    {"mean_squared_logarithmic_error",
     "MeanSquaredLogarithmicError",
     "msle",
     "mean_squared_logarithmic_error",
     {},
     mean_squared_logarithmic_error},
    {"huber", "Huber", "", "huber_loss", kHuber, huber},
    {"log_cosh", "LogCosh", "", "log_cosh", {}, log_cosh},
    {"cosine_similarity", "CosineSimilarity", "", "cosine_similarity", {}, cosine_similarity},
    {"hinge", "Hinge", "", "hinge", {}, hinge},
    {"squared_hinge", "SquaredHinge", "", "squared_hinge", {}, squared_hinge},
    {"categorical_hinge", "CategoricalHinge", "", "categorical_hinge", {}, categorical_hinge},
    {"kl_divergence", "KLDivergence", "kld", "kl_divergence", {}, kl_divergence},
    {"poisson", "Poisson", "", "poisson", {}, poisson},
    {"binary_crossentropy", "BinaryCrossentropy", "bce", "binary_crossentropy", kCrossentropy,
     binary_crossentropy},
    {"binary_focal_crossentropy", "BinaryFocalCrossentropy", "", "binary_focal_crossentropy",
     kBinaryFocal, binary_focal_crossentropy},
    {"categorical_crossentropy", "CategoricalCrossentropy", "", "categorical_crossentropy",
     kCrossentropy, categorical_crossentropy},
    {"categorical_focal_crossentropy", "CategoricalFocalCrossentropy", "",
     "categorical_focal_crossentropy", kFocal, categorical_focal_crossentropy},
    {"sparse_categorical_crossentropy", "SparseCategoricalCrossentropy", "",
     "sparse_categorical_crossentropy", kSparse, sparse_categorical_crossentropy, kIntegerLabels},
    {"dice", "Dice", "", "dice", kDice, dice, false, kJoinsRows},
    {"tversky", "Tversky", "", "tversky", kTversky, tversky, false, kJoinsRows},
};

Loss crossentropy(const char* class_name, const CrossentropyOptions& options) {
  Loss loss(class_name);
  loss.from_logits = options.from_logits;
  loss.label_smoothing = options.label_smoothing;
  loss.ignore_class = options.ignore_class;
  return loss;
}

Loss focal(const char* class_name, const FocalOptions& options) {
  Loss loss(class_name);
  loss.alpha = options.alpha;
  loss.gamma = options.gamma;
  loss.from_logits = options.from_logits;
  loss.label_smoothing = options.label_smoothing;
  loss.apply_class_balancing = options.apply_class_balancing;
  return loss;
}

Diagnostic unknown_loss(std::string_view identifier) {
  const std::vector<std::string_view> names = loss_names();
  return {"", fmt::format("unknown loss \"{}\"", identifier), ir::did_you_mean(identifier, names)};
}

bool is_alias(std::string_view alias, std::string_view identifier) {
  if (alias.size() != identifier.size() || alias.empty()) return false;
  std::string upper;
  for (char c : alias) upper += static_cast<char>(c - 'a' + 'A');
  return identifier == alias || identifier == upper;
}

}  // namespace

Loss SparseCategoricalCrossentropy(CrossentropyOptions options) {
  return crossentropy("SparseCategoricalCrossentropy", options);
}
Loss CategoricalCrossentropy(CrossentropyOptions options) {
  return crossentropy("CategoricalCrossentropy", options);
}
Loss BinaryCrossentropy(CrossentropyOptions options) {
  return crossentropy("BinaryCrossentropy", options);
}
Loss BinaryFocalCrossentropy(FocalOptions options) {
  return focal("BinaryFocalCrossentropy", options);
}
Loss CategoricalFocalCrossentropy(FocalOptions options) {
  return focal("CategoricalFocalCrossentropy", options);
}
Loss MeanSquaredError() { return Loss("MeanSquaredError"); }
Loss MeanAbsoluteError() { return Loss("MeanAbsoluteError"); }
Loss MeanAbsolutePercentageError() { return Loss("MeanAbsolutePercentageError"); }
Loss MeanSquaredLogarithmicError() { return Loss("MeanSquaredLogarithmicError"); }
Loss LogCosh() { return Loss("LogCosh"); }
Loss CosineSimilarity() { return Loss("CosineSimilarity"); }
Loss Hinge() { return Loss("Hinge"); }
Loss SquaredHinge() { return Loss("SquaredHinge"); }
Loss CategoricalHinge() { return Loss("CategoricalHinge"); }
Loss KLDivergence() { return Loss("KLDivergence"); }
Loss Poisson() { return Loss("Poisson"); }
Loss Dice() { return Loss("Dice"); }

Loss Huber(double delta) {
  Loss loss("Huber");
  loss.delta = delta;
  return loss;
}

Loss Tversky(double alpha, double beta) {
  Loss loss("Tversky");
  loss.alpha = alpha;
  loss.beta = beta;
  return loss;
}

Loss::Loss(std::string name) : identifier(std::move(name)) {
  if (const LossFunction* function = find_loss(identifier); function && function->name == "tversky")
    alpha = 0.5;
}

bool LossFunction::has(std::string_view option) const {
  return std::any_of(options.begin(), options.end(),
                     [&](const LossOption& known) { return known.key == option; });
}

const LossFunction* find_loss(std::string_view identifier) {
  for (const LossFunction& loss : kLosses) {
    if (loss.name == identifier || loss.class_name == identifier ||
        is_alias(loss.alias, identifier))
      return &loss;
  }
  return nullptr;
}

std::vector<std::string_view> loss_names() {
  std::vector<std::string_view> names;
  for (const LossFunction& loss : kLosses) {
    names.push_back(loss.name);
    names.push_back(loss.class_name);
  }
  return names;
}

Status check(const Loss& loss, const ir::Type& output) {
  const LossFunction* function = find_loss(loss.identifier);
  if (!function) return unknown_loss(loss.identifier);
  const std::string where = fmt::format("loss \"{}\"", loss.identifier);
  constexpr std::string_view kReductions[] = {"sum_over_batch_size", "mean", "sum",
                                              "mean_with_sample_weight"};
  if (std::ranges::find(kReductions, loss.reduction) == std::end(kReductions)) {
    return Diagnostic{where, fmt::format("reduction \"{}\" is not supported", loss.reduction),
                      "kiln takes sum_over_batch_size, mean, mean_with_sample_weight and sum"};
  }
  if (loss.from_logits && !function->has("from_logits"))
    return Diagnostic{where, "has no from_logits", ""};
  if (loss.label_smoothing != 0 && !function->has("label_smoothing"))
    return Diagnostic{where, "has no label_smoothing", ""};
  if (loss.label_smoothing < 0 || loss.label_smoothing > 1) {
    return Diagnostic{
        where, fmt::format("label_smoothing must lie in [0, 1], not {}", loss.label_smoothing), ""};
  }
  if (output.rank() < 2) {
    return Diagnostic{where,
                      fmt::format("needs an output of at least two dimensions, gets {}",
                                  show_shape(output.shape)),
                      ""};
  }
  return ok();
}

ir::Type label_type(const LossFunction& loss, const ir::Type& output) {
  if (!loss.integer_labels) return output.with_element(ir::ElementType::f32);
  ir::Shape shape = output.shape;
  shape.pop_back();
  return {ir::ElementType::i32, std::move(shape)};
}

int64_t label_classes(const Loss& loss, const ir::Type& output) {
  const LossFunction* function = find_loss(loss.identifier);
  return function->integer_labels && !loss.ignore_class ? output.shape.back() : 0;
}

void read_loss_options(const LossFunction& function, ConfigReader& config, Loss& loss) {
  for (const LossOption& option : function.options) {
    if (auto* flag = std::get_if<bool Loss::*>(&option.field)) {
      loss.*(*flag) = config.boolean(option.key, loss.*(*flag));
    } else if (auto* number = std::get_if<double Loss::*>(&option.field)) {
      loss.*(*number) = config.number(option.key, loss.*(*number));
    } else if (auto* index = std::get_if<std::optional<int64_t> Loss::*>(&option.field)) {
      loss.*(*index) = config.optional_integer(option.key);
    } else {
      const int* fixed = std::get_if<int>(&option.field);
      config.only(option.key, {fixed ? Json(*fixed) : Json()});
    }
  }
  if (!function.has("axis")) config.only("axis", {-1});
}

void write_loss_options(const LossFunction& function, const Loss& loss, Json& config) {
  for (const LossOption& option : function.options) {
    Json value;  // null for the one value that is null
    if (auto* flag = std::get_if<bool Loss::*>(&option.field)) value = loss.*(*flag);
    if (auto* number = std::get_if<double Loss::*>(&option.field)) value = loss.*(*number);
    if (auto* fixed = std::get_if<int>(&option.field)) value = *fixed;
    if (auto* index = std::get_if<std::optional<int64_t> Loss::*>(&option.field)) {
      if (loss.*(*index)) value = *(loss.*(*index));
    }
    if (option.only_changed && value == Json(Loss().*std::get<double Loss::*>(option.field)))
      continue;
    config[std::string(option.key)] = std::move(value);
  }
}

Expected<Loss> read_loss(const Json& json, const std::string& where) {
  KILN_ASSIGN(const KerasObject object, read_object(json, "a loss", where));
  const LossFunction* function = find_loss(object.identifier);
  if (!function) {
    const Diagnostic unknown = unknown_loss(object.identifier);
    return Diagnostic{where, unknown.message, unknown.note};
  }
  Loss loss(object.identifier);
  if (!object.has_config()) return loss;
  ConfigReader config(object.config, where + ": " + loss.identifier);
  loss.name = config.string("name", std::string(function->object_name));
  loss.reduction = config.string("reduction", loss.reduction);
  config.only("dtype", {nullptr, "float32"});
  read_loss_options(*function, config, loss);
  KILN_TRY(config.finish());
  return loss;
}

Json write_loss(const Loss& loss) {
  const LossFunction* function = find_loss(loss.identifier);
  if (!function || function->class_name != loss.identifier) return loss.identifier;
  Json config = {{"name", loss.name.empty() ? std::string(function->object_name) : loss.name},
                 {"reduction", loss.reduction}};
  write_loss_options(*function, loss, config);
  return write_object("keras.losses", loss.identifier, std::move(config));
}

}  // namespace kiln::keras
