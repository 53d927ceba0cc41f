#include "frontend/keras/losses/losses.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/keras/json/keras_object.h"
#include "frontend/keras/json/shape.h"
#include "frontend/keras/options/config.h"
#include "ir/spelling.h"

namespace kiln::keras {

namespace {

Option from_logits(Loss& loss) {
  return {"from_logits", &loss.from_logits, "predictions are logits, not probabilities"};
}
Option label_smoothing(Loss& loss) {
  return {"label_smoothing", &loss.label_smoothing, "how far labels move towards the middle"};
}
Option last_axis() { return {"axis", Fixed{{-1}}, "of the classes"}; }
Option no_axis() { return {"axis", Fixed{{nullptr}}, "dimensions that are summed over"}; }

OptionList no_options(Loss&) { return {}; }
OptionList sparse_options(Loss& loss) {
  return {from_logits(loss),
          {"ignore_class", &loss.ignore_class, "labels of this class count for nothing"}};
}
OptionList crossentropy_options(Loss& loss) {
  return {from_logits(loss), label_smoothing(loss), last_axis()};
}
OptionList powers(Loss& loss) {
  return {{"alpha", &loss.alpha, "weight of the classes' balance"},
          {"gamma", &loss.gamma, "how much easy examples lose"}};
}
OptionList focal_options(Loss& loss) { return crossentropy_options(loss) + powers(loss); }
OptionList binary_focal_options(Loss& loss) {
  const OptionList balance = {
      {"apply_class_balancing", &loss.apply_class_balancing, "weigh the classes by alpha"}};
  return crossentropy_options(loss) + balance + powers(loss);
}
// Keras reads it, but does not write it.
OptionList huber_options(Loss& loss) {
  return {{"delta", &loss.delta, "where the square becomes a line",
           written_if(loss.delta != Loss().delta)}};
}
OptionList dice_options(Loss&) { return {no_axis()}; }
OptionList tversky_options(Loss& loss) {
  return {{"alpha", &loss.alpha, "weight of false positives"},
          {"beta", &loss.beta, "weight of false negatives"},
          no_axis()};
}

OptionList generalized_options(Loss& loss) {
  return {{"q", &loss.q, "near 0: cross-entropy; near 1: absolute error"}};
}

OptionList circle_options(Loss& loss) {
  CircleOptions& o = loss.circle;
  return {{"gamma", &o.gamma, "the scale of the similarities"},
          {"margin", &o.margin, "how far apart classes are kept"},
          {"remove_diagonal", &o.remove_diagonal, "no row is a pair with itself"}};
}

constexpr bool kIntegerLabels = true;
constexpr bool kJoinsRows = true;

/// All losses.
constexpr LossFunction kLosses[] = {
    {"mean_squared_error", "MeanSquaredError", "mse", "mean_squared_error", "mean of (y - p)²",
     no_options, mean_squared_error},
    {"mean_absolute_error", "MeanAbsoluteError", "mae", "mean_absolute_error", "mean of |y - p|",
     no_options, mean_absolute_error},
    {"mean_absolute_percentage_error", "MeanAbsolutePercentageError", "mape",
     "mean_absolute_percentage_error", "100 · mean of |y - p| / |y|", no_options,
     mean_absolute_percentage_error},
    {"mean_squared_logarithmic_error", "MeanSquaredLogarithmicError", "msle",
     "mean_squared_logarithmic_error", "mean of (log(1 + y) - log(1 + p))²", no_options,
     mean_squared_logarithmic_error},
    {"huber", "Huber", "", "huber_loss", "a square near 0, a line beyond", huber_options, huber},
    {"log_cosh", "LogCosh", "", "log_cosh", "mean of log(cosh(p - y))", no_options, log_cosh},
    {"cosine_similarity", "CosineSimilarity", "", "cosine_similarity",
     "the cosine between y and p, negated", no_options, cosine_similarity},
    {"hinge", "Hinge", "", "hinge", "mean of max(1 - y · p, 0)", no_options, hinge},
    {"squared_hinge", "SquaredHinge", "", "squared_hinge", "mean of max(1 - y · p, 0)²", no_options,
     squared_hinge},
    {"categorical_hinge", "CategoricalHinge", "", "categorical_hinge",
     "max(1 + the best wrong class - the right one, 0)", no_options, categorical_hinge},
    {"kl_divergence", "KLDivergence", "kld", "kl_divergence", "sum of y · log(y / p)", no_options,
     kl_divergence},
    {"poisson", "Poisson", "", "poisson", "mean of p - y · log(p)", no_options, poisson},
    {"binary_crossentropy", "BinaryCrossentropy", "bce", "binary_crossentropy",
     "cross-entropy of labels 0 and 1", crossentropy_options, binary_crossentropy},
    {"binary_focal_crossentropy", "BinaryFocalCrossentropy", "", "binary_focal_crossentropy",
     "the same, in which easy examples count less", binary_focal_options,
     binary_focal_crossentropy},
    {"categorical_crossentropy", "CategoricalCrossentropy", "", "categorical_crossentropy",
     "cross-entropy of one-hot labels", crossentropy_options, categorical_crossentropy},
    {"categorical_focal_crossentropy", "CategoricalFocalCrossentropy", "",
     "categorical_focal_crossentropy", "the same, in which easy examples count less", focal_options,
     categorical_focal_crossentropy},
    {"sparse_categorical_crossentropy", "SparseCategoricalCrossentropy", "",
     "sparse_categorical_crossentropy", "cross-entropy of class numbers", sparse_options,
     sparse_categorical_crossentropy, kIntegerLabels},
    {"categorical_generalized_cross_entropy", "CategoricalGeneralizedCrossEntropy", "",
     "categorical_generalized_cross_entropy", "(1 - p^q) / q of the class: for wrong labels",
     generalized_options, categorical_generalized_cross_entropy, kIntegerLabels},
    {"dice", "Dice", "", "dice", "1 - 2 · overlap / (sizes of y and p)", dice_options, dice, false,
     kJoinsRows},
    {"tversky", "Tversky", "", "tversky", "like Dice, with weights for both kinds of errors",
     tversky_options, tversky, false, kJoinsRows},
    {.name = "ctc",
     .class_name = "CTC",
     .alias = "",
     .object_name = "ctc",
     .meaning = "sequences of labels shorter than the output, of class 0 between them; of logits",
     .options = no_options,
     .values = ctc,
     .integer_labels = true,
     .output_rank = 3,
     .whole_sequences = true},
    {.name = "circle",
     .class_name = "Circle",
     .alias = "",
     .object_name = "circle",
     .meaning = "unit vectors of a class near each other, those of other classes apart",
     .options = circle_options,
     .values = nullptr,
     .integer_labels = true,
     .values_among = circle,
     .output_rank = 2},
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

Loss CategoricalGeneralizedCrossEntropy(double q) {
  Loss loss("CategoricalGeneralizedCrossEntropy");
  loss.q = q;
  return loss;
}

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

Loss CTC() { return Loss("CTC"); }

Loss Circle(CircleOptions options) {
  Loss loss("Circle");
  loss.circle = options;
  return loss;
}

Loss::Loss(std::string name) : identifier(std::move(name)) {
  if (const LossFunction* function = find_loss(identifier); function && function->name == "tversky")
    alpha = 0.5;
}

bool has_option(const OptionList& options, std::string_view key) {
  return std::ranges::any_of(options, [&](const Option& option) { return option.key == key; });
}

bool LossFunction::has(std::string_view option) const {
  Loss any;
  return has_option(options(any), option);
}

// Every loss takes an axis of -1.
OptionList LossFunction::option_list(Loss& loss) const {
  OptionList list = options(loss);
  if (!has_option(list, "axis")) {
    list.push_back(last_axis());
    list.back().flags = kNotWritten;
  }
  return list;
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
  if (!(loss.q > 0 && loss.q < 1))
    return Diagnostic{where, fmt::format("q must lie between 0 and 1, not {}", loss.q), ""};
  if (output.rank() < 2) {
    return Diagnostic{where,
                      fmt::format("needs an output of at least two dimensions, gets {}",
                                  show_shape(output.shape)),
                      ""};
  }
  if (function->output_rank != 0 && output.rank() != function->output_rank) {
    return Diagnostic{where,
                      fmt::format("needs an output of {} dimensions, gets {}",
                                  function->output_rank, show_shape(output.shape)),
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
  // Rows that are compared with each other may have labels of any classes.
  const bool any = loss.ignore_class || function->values_among;
  return function->integer_labels && !any ? output.shape.back() : 0;
}

namespace {

OptionList all_options(const LossFunction& function, Loss& loss) {
  const OptionList common = {
      {"name", &loss.name, "of the object"},
      {"reduction", &loss.reduction,
       "of the rows' values: \"sum_over_batch_size\", \"mean\", \"mean_with_sample_weight\" or "
       "\"sum\""},
      {"dtype", Fixed{{nullptr, "float32"}}, "what the loss computes in", kNotWritten}};
  return common + function.option_list(loss);
}

/// A loss of a class's name with a name of its own.
Loss named_loss(const LossFunction& function, Loss loss) {
  if (loss.name.empty()) loss.name = function.object_name;
  return loss;
}

}  // namespace

Expected<Loss> read_loss(const Json& json, const std::string& where) {
  KILN_ASSIGN(const KerasObject object, read_object(json, "a loss", where));
  const LossFunction* function = find_loss(object.identifier);
  if (!function) {
    const Diagnostic unknown = unknown_loss(object.identifier);
    return Diagnostic{where, unknown.message, unknown.note};
  }
  if (!object.has_config()) return Loss(object.identifier);
  Loss loss = named_loss(*function, Loss(object.identifier));
  ConfigReader config(object.config, where + ": " + loss.identifier);
  read_options(all_options(*function, loss), config);
  KILN_TRY(config.finish());
  return loss;
}

Json write_loss(const Loss& loss, ConfigKind kind) {
  const LossFunction* function = find_loss(loss.identifier);
  const bool is_object = function && function->class_name == loss.identifier;
  if (!function || (!is_object && kind == ConfigKind::file)) return loss.identifier;
  Loss written = named_loss(*function, loss);
  Json config = Json::object();
  write_options(all_options(*function, written), config, kind);
  return write_object("keras.losses", loss.identifier, std::move(config));
}

std::vector<ClassReference> loss_reference() {
  std::vector<ClassReference> classes;
  for (const LossFunction& function : kLosses) {
    Loss loss = named_loss(function, Loss(std::string(function.class_name)));
    classes.push_back(describe(function.class_name, function.meaning, all_options(function, loss)));
  }
  return classes;
}

}  // namespace kiln::keras
