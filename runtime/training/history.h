// What fit() and evaluate() report: metrics by Keras's names, and their course over the epochs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// One metric, "loss" or "val_accuracy".
struct Metric {
  std::string name;
  double value;  ///< of several numbers their mean, which Keras's progress bar shows
  /// Those of a metric that has several, as F1Score has for classes; empty: it is one number.
  std::vector<double> numbers = {};
};

/// What stands for a metric of several numbers: their mean.
double mean_of(const std::vector<double>& numbers);

/// Metrics in the order in which Keras prints them: the names sorted, validation last.
using Metrics = std::vector<Metric>;

/// The value of `name`, or NaN where it is not among them.
double value_of(const Metrics& metrics, const std::string& name);

/// The course of each metric over the epochs.
struct History {
  std::vector<std::string> names;
  std::vector<std::vector<double>> values;  ///< [name][i]: one for each epoch that has the metric
  /// [name][i]: Metric::numbers of that value.
  std::vector<std::vector<std::vector<double>>> numbers;
  /// [name][i]: the epoch of that value, from 0. Validation need not follow every epoch.
  std::vector<std::vector<int64_t>> epochs_of;
  std::vector<double> train_seconds;  ///< [epoch]: the training steps alone, without validation
  int initial_epoch = 0;              ///< the number of the first epoch, from 0
  /// Ctrl-C ended the training within an epoch, which is not among these: what to tell the user.
  std::optional<Diagnostic> interruption = {};

  int epochs() const { return static_cast<int>(train_seconds.size()); }

  /// Appends an epoch.
  void append(const Metrics& metrics, double seconds);

  /// Keras's History.history as JSON: {"accuracy": [0.9, ...], "loss": [...], ...}. Numbers that
  /// are not finite are written as Python does, NaN and Infinity; several of a metric are a list.
  std::string to_json() const;

  /// Keras's CSVLogger: a head line "epoch,accuracy,loss,...", then a line an epoch, numbered from
  /// 0; "NA" where an epoch lacks a metric.
  std::string to_csv() const;
};

/// "[0.5, 0.25]": the numbers as f32 in the fewest digits, as Keras's CSVLogger shows an array.
std::string array_text(const std::vector<double>& numbers);

/// Python's repr(): the shortest decimal text that reads back as exactly `value`, with an exponent
/// below 1e-4 and from 1e16 on; "nan", "inf", "-inf".
std::string python_decimal(double value);

/// The same as Python's json module writes it: "NaN", "Infinity", "-Infinity".
std::string shortest_decimal(double value);

}  // namespace kiln::runtime
