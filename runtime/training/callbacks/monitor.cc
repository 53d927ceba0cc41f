#include "runtime/training/callbacks/monitor.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/joined.h"
#include "runtime/base/spelling.h"

namespace kiln::runtime {
namespace {

// The metrics whose direction Keras knows, by their default names.
constexpr std::string_view kUp[] = {
    "accuracy",
    "acc",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "top_k_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "auc",
    "precision",
    "recall",
    "precision_at_recall",
    "recall_at_precision",
    "sensitivity_at_specificity",
    "specificity_at_sensitivity",
    "f1_score",
    "fbeta_score",
    "cosine_similarity",
    "r2_score",
    "mean_io_u",
    "io_u",
    "binary_io_u",
    "one_hot_io_u",
    "one_hot_mean_io_u",
    "pearson_correlation",
    "concordance_correlation",
};
constexpr std::string_view kDown[] = {
    "loss",
    "mean_squared_error",
    "mse",
    "mean_absolute_error",
    "mae",
    "mean_absolute_percentage_error",
    "mape",
    "mean_squared_logarithmic_error",
    "msle",
    "root_mean_squared_error",
    "logcosh",
    "log_cosh_error",
    "hinge",
    "squared_hinge",
    "categorical_hinge",
    "kl_divergence",
    "kullback_leibler_divergence",
    "poisson",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
};

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
  // A metric that is there twice has a number behind its name: "accuracy_1".
  const size_t end = name.find_last_not_of("0123456789");
  if (end != std::string_view::npos && end + 1 < name.size() && name[end] == '_') {
    if (is_one_of(names, name.substr(0, end))) return true;
  }
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view without_val(std::string_view name) {
  return name.starts_with("val_") ? name.substr(4) : name;
}

// `metric` is not among the metrics of the run.
Diagnostic unknown_metric(const std::string& metric, const Training& training,
                          const char* callback) {
  const std::vector<std::string>& names = training.metric_names;
  const std::string message = "there is no metric \"" + metric + "\"";
  const std::string plain(without_val(metric));
  const bool known = std::find(names.begin(), names.end(), plain) != names.end();
  if (plain != metric && known) {
    return {callback, message, "it needs validation data: a validation split, or data of its own"};
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string guess = did_you_mean(metric, candidates);
  return {callback, message, (guess.empty() ? "" : guess + " ") + "there are " + joined(names)};
}

}  // namespace

std::optional<Mode> read_mode(const std::string& text) {
  if (text == "auto") return Mode::kAuto;
  if (text == "min") return Mode::kMin;
  if (text == "max") return Mode::kMax;
  return std::nullopt;
}

OptionField option(std::string name, Mode& target, std::string meaning) {
  auto read = [&target](const std::string& text) {
    const std::optional<Mode> mode = read_mode(text);
    target = mode.value_or(target);
    return mode ? std::string() : std::string("auto, min or max");
  };
  const char* const defaults[] = {"\"auto\"", "\"min\"", "\"max\""};
  return {std::move(name), read, "auto, min or max", defaults[static_cast<int>(target)],
          std::move(meaning)};
}

Monitor::Monitor(std::string metric, Mode mode, double min_delta)
    : metric_(std::move(metric)), mode_(mode), min_delta_(std::fabs(min_delta)) {}

Status Monitor::begin(const Training& training, const char* callback) {
  const std::vector<std::string>& names = training.metric_names;
  if (std::find(names.begin(), names.end(), metric_) == names.end()) {
    return unknown_metric(metric_, training, callback);
  }
  KILN_TRY(check_one_number(training, metric_, callback));
  up_ = mode_ == Mode::kMax || (mode_ == Mode::kAuto && is_one_of(kUp, without_val(metric_)));
  if (mode_ != Mode::kAuto || up_ || is_one_of(kDown, without_val(metric_))) return ok();
  return Diagnostic{callback,
                    "it is not known whether \"" + metric_ + "\" should become larger or smaller",
                    "say mode=max or mode=min"};
}

std::optional<double> Monitor::value(const Metrics& logs) const {
  const double* value = find_metric(logs, metric_);
  return value == nullptr ? std::nullopt : std::optional<double>(*value);
}

bool Monitor::improves(double value, std::optional<double> reference) const {
  if (!reference) return true;
  const auto best = static_cast<float>(*reference);
  return up_ ? static_cast<float>(value - min_delta_) > best
             : static_cast<float>(value + min_delta_) < best;
}

}  // namespace kiln::runtime
