// What EarlyStopping, ModelCheckpoint and ReduceLROnPlateau share: a metric of the epoch and
// whether it got better. Source: keras/src/callbacks/monitor_callback.py (Keras 3).
#pragma once

#include <optional>
#include <string>

#include "runtime/base/option_text.h"
#include "runtime/training/training.h"

namespace kiln::runtime {

/// Which way a metric gets better.
enum class Mode { kAuto, kMin, kMax };

/// "auto", "min" or "max"; nothing for another text.
std::optional<Mode> read_mode(const std::string& text);

/// An option that sets a mode.
OptionField option(std::string name, Mode& target, std::string meaning = "");

/// A metric that a callback watches.
class Monitor {
 public:
  Monitor(std::string metric, Mode mode, double min_delta);

  /// Finds out which way is better. Errors: a metric that the epochs of this run will not have, or
  /// kAuto with a metric whose direction Keras does not know. `callback` names the callback in
  /// them.
  Status begin(const Training& training, const char* callback);

  /// The metric of this epoch; nothing where the epoch lacks it (it had no validation).
  std::optional<double> value(const Metrics& logs) const;

  /// Whether `value` is better than `reference` (always, where there is none) by more than
  /// min_delta; compared in f32, as Keras does.
  bool improves(double value, std::optional<double> reference) const;

  const std::string& metric() const { return metric_; }

 private:
  std::string metric_;
  Mode mode_;
  double min_delta_;
  bool up_ = false;
};

}  // namespace kiln::runtime
